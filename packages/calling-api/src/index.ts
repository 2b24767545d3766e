/**
 * The calling API: what clients and the signaling controller say to each other, as schemas.
 *
 * From this package come the server's validation, the client library's types and the OpenAPI document (served at
 * `/openapi.json`), so that they cannot disagree. Shapes follow Azure Communication Services where it has a word for
 * something: states, identifiers (raw form), end codes, error bodies, `Repeatability-Request-ID`.
 *
 * Signaling is plain HTTP: commands are requests, everything else arrives as events of one registered *endpoint* (RFC 8825's
 * signaling plane; offer/answer is RFC 8829, trickled candidates RFC 8838). Media never comes near it.
 *
 * Out of scope: the REST surface of the Azure server SDKs (`azure-api`), media control inside the backend (`media-api`).
 *
 * ```ts
 * import type { OperationBody, OperationResponse } from '@dialplane/calling-api';
 * const body: OperationBody<'hangUp'> = { endpointId, forEveryone: true };
 * ```
 */
export { AccessTokenClaims, TokenScope } from './access-token.ts';
export { apiErrors, ErrorResponse, type ApiErrorCode } from './errors.ts';
export { EndReason, endReason, endReasons, ResultCategory, type EndReasonName } from './end-reasons.ts';
export { sipEndReason, type LineDirection, type SipEnding } from './sip-end-reasons.ts';
export { DisplayName, identifierKind, identifierModel, RawId, resourceOfUser, Timestamp, Uuid, type IdentifierKind, type IdentifierModel } from './identifiers.ts';
export {
  IceCandidate, IceServer, maxSdpLength, maxVideoTiles, MediaDescription, MediaMode, MediaModes, MediaSession, MediaSessionState, MediaStreamType, PictureStreamType,
  StreamInfo, Topology, VideoTile, WantedStream, WatchedPicture,
} from './media.ts';
export {
  AcceptCallRequest, AddParticipantRequest, Call, CallKind, CallState, CustomContext, DtmfTones, EndpointCommand, HangUpRequest, JoinCallRequest,
  LowerHandsRequest, maxMessageBytes, maxSpotlighted, Participant, ParticipantRole, ParticipantState, Permission, ReactionType, RejectCallRequest, RelayUse,
  SendDtmfRequest, SendMessageRequest, SendReactionRequest, SetMediaModesRequest, Speakers, SpotlightRequest, StartCallRequest, StopSpotlightRequest,
  TransferAccepted, TransferCallRequest, TransferReference, TransferState, UpdateSelfRequest,
} from './calls.ts';
export {
  DirectoryEntry, Endpoint, EventsQuery, RegisterEndpointRequest, RenewedOperatorToken, ReportMediaRequest, SendCandidatesRequest, SendDescriptionRequest,
  ServerInfo, ServerOptionList, SignInLink, SignInRequest, SignInResponse, WantStreamsRequest,
} from './signaling.ts';
export { EndpointEvent, EventBatch, EventEnvelope, passesBy, type PassingEvent } from './events.ts';
export {
  CallFlow, ClientFlowDetail, FlowCandidate, FlowDetail, FlowEvent, FlowLane, FlowSource, ReportTelemetryRequest, StreamQuality,
} from './flow.ts';
export { AdvancedFilter, EventDelivery, EventFilter, EventSubscription, EventSubscriptionList, PutEventSubscriptionRequest } from './event-subscriptions.ts';
export {
  CreateRoomRequest, maxRoomParticipants, Room, RoomId, RoomList, RoomParticipant, RoomParticipantList, RoomRole, UpdateRoomParticipantsRequest, UpdateRoomRequest,
} from './rooms.ts';
export { SipMessage, SipMessageList } from './sip-messages.ts';
export {
  CallLimits, DialedNumber, DialingPolicy, DialPlan, DialRefusal, E164, LimitUse, LimitUseList, RouteStep, TestRoutesRequest, VoiceRoute, VoiceRoutes,
} from './dialing.ts';
export {
  CreatedSipDevice, CreateSipDeviceRequest, NumberCapability, NumberTarget, PutTelephoneNumberRequest, SipDevice, SipDeviceList, SipDeviceRegistration, TelephoneNumber, TelephoneNumberList,
} from './telephone-numbers.ts';
export {
  TelephoneUsageGrouping, TelephoneUsageList, TelephoneUsageRecord, TelephoneUsageRecordList, TelephoneUsageRow, TelephoneUsageSum, TelephoneUsageSums,
} from './telephone-usage.ts';
export { Redirection } from './redirections.ts';
export { PutTrunkRequest, Trunk, TrunkCodec, TrunkHealth, TrunkList, TrunkName, TrunkNumberFormat, TrunkPreset, TrunkPresetList, TrunkProfile } from './trunks.ts';
export { CallDiagnostics, CallList, CallListEntry, CallListQuery, CallRecords, CallSummary } from './records.ts';
export {
  NetworkConfiguration, RelaySettings, RelayUsageGrouping, RelayUsageList, RelayUsageRecord, RelayUsageRecordList, RelayUsageRow, RelayUsageSum, RelayUsageSums,
  UpdateRelaySettingsRequest,
} from './relay.ts';
export {
  operations, type Access, type Operation, type OperationBody, type OperationId, type OperationParams, type OperationQuery, type OperationResponse,
} from './operations.ts';
