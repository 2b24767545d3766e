/**
 * The client library: calls from a browser, or from Node for bots and tests, with the names and the behaviour of
 * `@azure/communication-calling`, so that an import alias is the whole migration of an application.
 *
 * Signaling is HTTPS (`signaling/`): commands as requests, everything else as one event stream. Media is the host's WebRTC
 * (`media/`), one peer connection per media session, by perfect negotiation (RFC 8829, RFC 8838). The credential is the
 * unmodified `AzureCommunicationTokenCredential`; the access token names the server.
 *
 * In Node, `CallClient` takes a WebRTC implementation as an option. Nothing of the host is touched at import.
 *
 * Out of scope: what belongs to Microsoft Teams is present and inert.
 *
 * ```ts
 * const client = new CallClient();
 * const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(token), { displayName: 'Ada' });
 * const call = agent.startCall([{ communicationUserId }]);
 * call.on('stateChanged', () => console.log(call.state, call.callEndReason));
 * ```
 */
export { CallClient } from './call-client.ts';
export { Features } from './features/features.ts';
export { LocalAudioStream } from './streams/local-audio-stream.ts';
export { LocalVideoStream } from './streams/local-video-stream.ts';
export { VideoStreamRenderer } from './video-stream-renderer.ts';
export {
  CallAgentKind, CallKind, DevicePermissionAccess, DiagnosticQuality, disconnectCategoryMap, IncomingCallKind, RecordingState,
} from './enumerations.ts';
export type {
  AudioIssue, CallSurvey, CallSurveyFeature, CallSurveyResponse, OverallIssue, RatingScale, ScreenshareIssue, SurveyRating, VideoIssue,
} from './public/call-survey.ts';
export type {
  CapabilitiesChangeInfo, CapabilitiesChangedReason, CapabilitiesFeature, CapabilitiesFeatureEvents, CapabilityResolutionReason,
  ParticipantCapabilities, ParticipantCapability, ParticipantCapabilityName,
} from './public/capabilities.ts';
export type {
  Captions, CaptionsCallFeature, CaptionsCallFeatureEvents, CaptionsCommon, CaptionsCommonEvents, CaptionsInfo, CaptionsKind, CaptionsResultType,
  StartCaptionsOptions, TeamsCaptions, TeamsCaptionsEvents, TeamsCaptionsInfo,
} from './public/captions.ts';
export type {
  DataChannelCallFeature, DataChannelCallFeatureEvents, DataChannelMessage, DataChannelPriority, DataChannelReceiver, DataChannelReceiverEvents,
  DataChannelReliability, DataChannelSender, DataChannelSenderOptions,
} from './public/data-channel.ts';
export type { DebugInfoFeature, DebugInfoFeatureEvents, Environment, EnvironmentInfo } from './public/debug-info.ts';
export type {
  DiagnosticFlag, DiagnosticValueType, LatestDiagnosticValue, LatestMediaDiagnostics, LatestNetworkDiagnostics, MediaDiagnosticChangedEventArgs,
  MediaDiagnosticType, MediaDiagnostics, MediaDiagnosticsEvents, NetworkDiagnosticChangedEventArgs, NetworkDiagnosticType, NetworkDiagnostics,
  NetworkDiagnosticsEvents, RemoteDiagnostic, RemoteDiagnosticType, RemoteDiagnostics, RemoteDiagnosticsEvents, RemoteParticipantDiagnosticsData,
  ServerDiagnosticType, UserFacingDiagnosticsFeature,
} from './public/diagnostics.ts';
export type { DominantSpeakersCallFeature, DominantSpeakersCallFeatureEvents, DominantSpeakersInfo } from './public/dominant-speakers.ts';
export type {
  ActiveAudioEffects, AudioEffect, AudioEffectName, AudioEffectsFeature, AudioEffectsFeatureEvents, AudioEffectsStartConfig,
  AudioEffectsStopConfig, BackgroundBlurConfig, BackgroundBlurEffect, BackgroundReplacementConfig, BackgroundReplacementEffect, EffectsError,
  VideoEffectName, VideoEffectProcessor, VideoEffectsFeature, VideoEffectsFeatureEvents,
} from './public/effects.ts';
export type { MediaAccess, MediaAccessCallFeature, MediaAccessCallFeatureEvents, MeetingMediaAccess } from './public/media-access.ts';
export type {
  Aggregated, AggregatedNumber, AudioReceiveStats, AudioSendStats, MediaStatsCallFeature, MediaStatsCollector, MediaStatsCollectorEvents,
  MediaStatsCollectorOptions, MediaStatsReportSample, MediaStatsReportSummary, StreamStats, TransportStats, VideoLayerStats, VideoReceiveStats,
  VideoSendStats,
} from './public/media-stats.ts';
export type { MediaMode, MediaModes, MediaModesCallFeature, MediaModesCallFeatureEvents } from './public/media-modes.ts';
export type { OptimalVideoCountCallFeature, OptimalVideoCountCallFeatureEvents, OvcChangeReason } from './public/optimal-video-count.ts';
export type { ParticipantInfo } from './public/participant-info.ts';
export type {
  RaiseHandCallFeature, RaiseHandCallFeatureEvents, RaisedHand, RaisedHandChangedEvent, RaisedHandChangedEventArgs,
} from './public/raise-hand.ts';
export type { DtmfCallFeature, DtmfCallFeatureEvents, DtmfToneReceivedEvent } from './public/dtmf.ts';
export type { Reaction, ReactionCallFeature, ReactionCallFeatureEvents, ReactionEventPayload, ReactionMessage } from './public/reaction.ts';
export type { RealTimeTextFeature, RealTimeTextFeatureEvents, RealTimeTextInfo, RealTimeTextResultType } from './public/real-time-text.ts';
export type {
  RecordingCallFeature, RecordingCallFeatureEvents, RecordingInfo, RecordingInfoEvents, TranscriptionCallFeature, TranscriptionCallFeatureEvents,
} from './public/recording.ts';
export type { SpotlightCallFeature, SpotlightCallFeatureEvents, SpotlightedParticipant } from './public/spotlight.ts';
export type {
  BreakoutRoom, BreakoutRoomsCallFeature, BreakoutRoomsCallFeatureEvents, BreakoutRoomsEventData, BreakoutRoomsSettings,
  BreakoutRoomsUpdatedListener, PPTLiveCallFeature, PPTLiveCallFeatureEvents, TeamsMeetingAudioConferencingCallFeature,
  TeamsMeetingAudioConferencingDetails, TeamsMeetingAudioConferencingPhoneNumber, TogetherModeCallFeature, TogetherModeCallFeatureEvents,
  TogetherModeSeatingMap, TogetherModeSeatingPosition, TogetherModeVideoStream,
} from './public/teams-features.ts';
export type {
  Transfer, TransferCallFeature, TransferCallFeatureEvents, TransferErrorCode, TransferEventArgs, TransferEvents, TransferOptions, TransferState,
  TransferToCallLocator, TransferToParticipantLocator, TransferToVoicemailLocator,
} from './public/transfer.ts';
export type {
  AudioDeviceInfo, AudioDeviceType, DeviceAccess, DeviceManager, DeviceManagerEvents, PermissionConstraints, VideoDeviceInfo, VideoDeviceType,
} from './public/devices.ts';
export type { CallAgent, CallAgentEvents, CallAgentOptions, ConnectionState, ConnectionStateChangeReason } from './public/call-agent.ts';
export type {
  CallClientLogger, CallClientOptions, DiagnosticOptions, NetworkConfiguration, TokenCredential, TurnServer, WebrtcImplementation,
} from './public/call-client.ts';
export type {
  AcceptCallOptions, AddableParticipant, AddPhoneNumberOptions, AudioOptions, CustomContext, DtmfTone, GroupCallLocator, HangUpOptions, JoinCallOptions,
  MediaConstraints, MeetingLocator, RelayUse, RoomCallLocator, StartCallOptions, TeamsMeetingIdLocator, TeamsMeetingLinkLocator, VideoOptions, VideoSendConstraints,
} from './public/call-options.ts';
export type {
  Call, CallDirection, CallerInfo, CallEvents, CallInfo, CallInfoEvents, CallState, Lobby, LobbyEvents, TransferorInfo,
} from './public/call.ts';
export type { CallEndReason, CommunicationServicesError } from './public/errors.ts';
export type { CollectionUpdatedEvent, EventSubscriptions, PropertyChangedEvent } from './public/events.ts';
export type {
  AudioStreamFeature, AudioStreamFeatureFactory, CallClientFeature, CallClientFeatureFactory, CallFeature, CallFeatureFactory, VideoStreamFeature,
  VideoStreamFeatureFactory,
} from './public/feature-factories.ts';
export type { IncomingCall, IncomingCallEvents } from './public/incoming-call.ts';
export type {
  EndpointDetails, ParticipantRole, RemoteParticipant, RemoteParticipantEvents, RemoteParticipantState,
} from './public/remote-participant.ts';
export type {
  LocalAudioStreamEvents, LocalVideoStreamEvents, LocalVideoStreamOptions, MediaStreamType, RemoteAudioStream, RemoteVideoStream,
  RemoteVideoStreamEvents, StreamSize, Volume, VolumeEvents,
} from './public/streams.ts';
export type { CreateViewOptions, RenderableStream, ScalingMode, VideoStreamRendererView } from './public/video-stream-renderer.ts';
export type {
  CallAgentCommon, CallCommon, IncomingCallCommon, TeamsCall, TeamsCallAgent, TeamsCallInfo, TeamsIncomingCall,
} from './public/teams-calls.ts';
