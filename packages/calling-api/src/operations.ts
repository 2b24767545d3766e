import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import * as calls from './calls.ts';
import { EventBatch } from './events.ts';
import { CallFlow, ReportTelemetryRequest } from './flow.ts';
import { CallList, CallListQuery, CallRecords } from './records.ts';
import * as relay from './relay.ts';
import * as signaling from './signaling.ts';
import { Capture, SipMessageList } from './sip-messages.ts';
import * as dialing from './dialing.ts';
import * as numbers from './telephone-numbers.ts';
import * as subscriptions from './event-subscriptions.ts';
import * as rooms from './rooms.ts';
import * as telephoneUsage from './telephone-usage.ts';
import * as trunks from './trunks.ts';

/**
 * Who may ask: anybody; a user with scope `voip`, or also `voip.join`; an operator; a user for what is theirs or an operator
 * for everything.
 */
export type Access = 'public' | 'voip' | 'voip.join' | 'operator' | 'userOrOperator';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for parameters; a `:verb` at the end is literal (Azure's custom methods). */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly status: 200 | 201 | 202 | 204;
  readonly response?: TSchema;
  /** Its response is a list (`value`) that is also given as `text/csv` (RFC 4180) to who accepts that; `Link` (RFC 8288) then names the next page. */
  readonly isTable?: true;
  /** Its response is not JSON but bytes of this media type. */
  readonly contentType?: string;
}

/**
 * Every operation of the calling API. Server validation, client types and the OpenAPI document all come from this table.
 *
 * Commands (everything but GET) take `Repeatability-Request-ID: <uuid>`: the same id with the same request gets the first
 * answer again, whatever happened in between. Errors are `ErrorResponse`.
 */
export const operations = {
  getServerInfo: { method: 'GET', path: '/v1/server', access: 'public', summary: 'What this server is and can do', status: 200, response: signaling.ServerInfo },
  listServerOptions: { method: 'GET', path: '/v1/server/options', access: 'operator', summary: 'The options in force, and what they mean', status: 200, response: signaling.ServerOptionList },
  signIn: { method: 'POST', path: '/v1/sign-in', access: 'public', summary: 'Sign in as a development user', body: signaling.SignInRequest, status: 200, response: signaling.SignInResponse },
  renewOperatorToken: { method: 'POST', path: '/v1/operator-tokens:renew', access: 'operator', summary: 'Get the next operator token for the one this request carries', status: 200, response: signaling.RenewedOperatorToken },
  createSignInLink: { method: 'POST', path: '/v1/sign-in-links', access: 'operator', summary: 'Make a one-time sign-in link', body: signaling.CreateSignInLinkRequest, status: 201, response: signaling.SignInLink },
  listDirectory: { method: 'GET', path: '/v1/directory', access: 'voip', summary: 'People who can be called by name', query: signaling.DirectoryQuery, status: 200, response: signaling.Directory },

  registerEndpoint: { method: 'POST', path: '/v1/endpoints', access: 'voip.join', summary: 'Register this client: it rings and receives events', body: signaling.RegisterEndpointRequest, status: 201, response: signaling.Endpoint },
  renewEndpoint: { method: 'POST', path: '/v1/endpoints/{endpointId}:renew', access: 'voip.join', summary: 'Put the endpoint under the new access token this request carries', params: signaling.EndpointPath, status: 200, response: signaling.Endpoint },
  closeEndpoint: { method: 'DELETE', path: '/v1/endpoints/{endpointId}', access: 'voip.join', summary: 'Unregister; calls of this endpoint end with 0/4521', params: signaling.EndpointPath, status: 204 },
  receiveEvents: { method: 'GET', path: '/v1/endpoints/{endpointId}/events', access: 'voip.join', summary: 'Events as text/event-stream from Last-Event-ID on, or one long poll with `wait`', params: signaling.EndpointPath, query: signaling.EventsQuery, status: 200, response: EventBatch },

  startCall: { method: 'POST', path: '/v1/calls', access: 'voip', summary: 'Call one or more targets', body: calls.StartCallRequest, status: 201, response: calls.Call },
  joinCall: { method: 'POST', path: '/v1/calls:join', access: 'voip.join', summary: 'Join a group call, or the call of a room', body: calls.JoinCallRequest, status: 200, response: calls.Call },
  listCalls: { method: 'GET', path: '/v1/calls', access: 'userOrOperator', summary: 'Calls, newest first', query: CallListQuery, status: 200, response: CallList },
  getCallFlow: { method: 'GET', path: '/v1/calls/{callId}/flow', access: 'userOrOperator', summary: 'The call flow record', params: calls.CallPath, status: 200, response: CallFlow },
  getCallRecords: { method: 'GET', path: '/v1/calls/{callId}/records', access: 'userOrOperator', summary: 'The call detail records', params: calls.CallPath, status: 200, response: CallRecords },

  listSipMessages: { method: 'GET', path: '/v1/calls/{callId}/sip', access: 'operator', summary: 'Every SIP message of a call, as it was sent and received; what proves who somebody is is blanked', params: calls.CallPath, status: 200, response: SipMessageList },
  getCallCapture: { method: 'GET', path: '/v1/calls/{callId}/pcap', access: 'operator', summary: 'The SIP messages of a call as a capture for Wireshark, each as a UDP datagram between its real addresses', params: calls.CallPath, status: 200, response: Capture, contentType: 'application/vnd.tcpdump.pcap' },

  reportRinging: { method: 'POST', path: '/v1/calls/{callId}:ringing', access: 'voip.join', summary: 'This endpoint is alerting its user', params: calls.CallPath, body: calls.EndpointCommand, status: 204 },
  acceptCall: { method: 'POST', path: '/v1/calls/{callId}:accept', access: 'voip.join', summary: 'Answer', params: calls.CallPath, body: calls.AcceptCallRequest, status: 200, response: calls.Call },
  rejectCall: { method: 'POST', path: '/v1/calls/{callId}:reject', access: 'voip.join', summary: 'Decline', params: calls.CallPath, body: calls.RejectCallRequest, status: 204 },
  hangUp: { method: 'POST', path: '/v1/calls/{callId}:hangUp', access: 'voip.join', summary: 'Leave, or end for everyone', params: calls.CallPath, body: calls.HangUpRequest, status: 204 },
  hold: { method: 'POST', path: '/v1/calls/{callId}:hold', access: 'voip.join', summary: 'Hold', params: calls.CallPath, body: calls.EndpointCommand, status: 200, response: calls.Call },
  resume: { method: 'POST', path: '/v1/calls/{callId}:resume', access: 'voip.join', summary: 'Resume', params: calls.CallPath, body: calls.EndpointCommand, status: 200, response: calls.Call },
  updateSelf: { method: 'PATCH', path: '/v1/calls/{callId}/self', access: 'voip.join', summary: 'Mute or unmute, raise or lower the hand', params: calls.CallPath, body: calls.UpdateSelfRequest, status: 200, response: calls.Call },
  addParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants', access: 'voip', summary: 'Invite somebody', params: calls.CallPath, body: calls.AddParticipantRequest, status: 202, response: calls.Participant },
  removeParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants/{rawId}:remove', access: 'voip', summary: 'Remove somebody', params: calls.CallParticipantPath, body: calls.EndpointCommand, status: 204 },
  muteParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants/{rawId}:mute', access: 'voip.join', summary: 'Mute somebody (group calls)', params: calls.CallParticipantPath, body: calls.EndpointCommand, status: 204 },
  muteOthers: { method: 'POST', path: '/v1/calls/{callId}/participants:mute', access: 'voip.join', summary: 'Mute everybody else (group calls)', params: calls.CallPath, body: calls.EndpointCommand, status: 204 },
  lowerHands: { method: 'POST', path: '/v1/calls/{callId}/participants:lowerHands', access: 'voip.join', summary: 'Lower hands of others; all without targets', params: calls.CallPath, body: calls.LowerHandsRequest, status: 204 },
  sendDtmf: { method: 'POST', path: '/v1/calls/{callId}:sendDtmf', access: 'voip.join', summary: 'Press keys for the telephone of the call', params: calls.CallPath, body: calls.SendDtmfRequest, status: 204 },
  transferCall: { method: 'POST', path: '/v1/calls/{callId}:transfer', access: 'voip', summary: 'Hand the other side over to somebody else, or to another call of this endpoint', params: calls.CallPath, body: calls.TransferCallRequest, status: 202, response: calls.TransferAccepted },
  sendReaction: { method: 'POST', path: '/v1/calls/{callId}/reactions', access: 'voip.join', summary: 'Show a reaction', params: calls.CallPath, body: calls.SendReactionRequest, status: 204 },
  startSpotlight: { method: 'POST', path: '/v1/calls/{callId}/participants:spotlight', access: 'voip.join', summary: 'Spotlight participants for everybody (group calls)', params: calls.CallPath, body: calls.SpotlightRequest, status: 204 },
  stopSpotlight: { method: 'POST', path: '/v1/calls/{callId}/participants:unspotlight', access: 'voip.join', summary: 'End the spotlight of participants; of all without targets', params: calls.CallPath, body: calls.StopSpotlightRequest, status: 204 },
  sendMessage: { method: 'POST', path: '/v1/calls/{callId}/messages', access: 'voip.join', summary: 'Send data to the others (group calls)', params: calls.CallPath, body: calls.SendMessageRequest, status: 204 },
  setMediaModes: { method: 'POST', path: '/v1/calls/{callId}/media:setModes', access: 'userOrOperator', summary: 'Have audio and video mixed or forwarded, for one participant or all (group calls)', params: calls.CallPath, body: calls.SetMediaModesRequest, status: 204 },

  sendDescription: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}/descriptions', access: 'voip.join', summary: 'Offer or answer', params: calls.MediaSessionPath, body: signaling.SendDescriptionRequest, status: 204 },
  sendCandidates: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}/candidates', access: 'voip.join', summary: 'Trickle candidates', params: calls.MediaSessionPath, body: signaling.SendCandidatesRequest, status: 204 },
  reportMedia: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}:report', access: 'voip.join', summary: 'Media connected, interrupted or failed', params: calls.MediaSessionPath, body: signaling.ReportMediaRequest, status: 204 },
  wantStreams: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}:want', access: 'voip.join', summary: 'Which remote pictures to receive, in which media sections (backend sessions)', params: calls.MediaSessionPath, body: signaling.WantStreamsRequest, status: 204 },
  reportTelemetry: { method: 'POST', path: '/v1/calls/{callId}/telemetry', access: 'voip.join', summary: 'What this client saw, for the call flow record; accepted up to a minute after the end', params: calls.CallPath, body: ReportTelemetryRequest, status: 204 },

  getNetworkConfiguration: { method: 'GET', path: '/v1/network', access: 'voip.join', summary: 'STUN and TURN servers with which this client can test its network', status: 200, response: relay.NetworkConfiguration },
  listRelayUsage: { method: 'GET', path: '/v1/relay/usage', access: 'userOrOperator', summary: 'Rows of the ledger of the relay', query: relay.RelayUsageQuery, status: 200, response: relay.RelayUsageList, isTable: true },
  sumRelayUsage: { method: 'GET', path: '/v1/relay/usage:sum', access: 'userOrOperator', summary: 'What was relayed and what it costs, per day, call, participant, user or resource', query: relay.RelayUsageSumQuery, status: 200, response: relay.RelayUsageSums, isTable: true },
  listRelayUsageRecords: { method: 'GET', path: '/v1/relay/usage-records', access: 'userOrOperator', summary: 'What is charged for each allocation, in the units of Azure usage records', query: relay.RelayUsageQuery, status: 200, response: relay.RelayUsageRecordList, isTable: true },
  getRelaySettings: { method: 'GET', path: '/v1/relay/settings', access: 'operator', summary: 'Whether the relay is on, and what it costs', status: 200, response: relay.RelaySettings },
  updateRelaySettings: { method: 'PATCH', path: '/v1/relay/settings', access: 'operator', summary: 'Turn the relay on or off, or change its rate', body: relay.UpdateRelaySettingsRequest, status: 200, response: relay.RelaySettings },

  listTrunks: { method: 'GET', path: '/v1/telephony/trunks', access: 'operator', summary: 'Trunks with their health', status: 200, response: trunks.TrunkList },
  getTrunk: { method: 'GET', path: '/v1/telephony/trunks/{trunk}', access: 'operator', summary: 'A trunk with its health', params: trunks.TrunkPath, status: 200, response: trunks.Trunk },
  putTrunk: { method: 'PUT', path: '/v1/telephony/trunks/{trunk}', access: 'operator', summary: 'Make a trunk, or replace what it is', params: trunks.TrunkPath, body: trunks.PutTrunkRequest, status: 200, response: trunks.Trunk },
  deleteTrunk: { method: 'DELETE', path: '/v1/telephony/trunks/{trunk}', access: 'operator', summary: 'Delete a trunk that no route names', params: trunks.TrunkPath, status: 204 },
  listTrunkPresets: { method: 'GET', path: '/v1/telephony/trunk-presets', access: 'operator', summary: 'How trunks of carriers and exchanges are usually set', status: 200, response: trunks.TrunkPresetList },
  listTelephoneNumbers: { method: 'GET', path: '/v1/telephony/numbers', access: 'operator', summary: 'Numbers of ours, and where calls to them go', status: 200, response: numbers.TelephoneNumberList },
  putTelephoneNumber: { method: 'PUT', path: '/v1/telephony/numbers/{number}', access: 'operator', summary: 'Add a number, or change what is named of it', params: numbers.TelephoneNumberPath, body: numbers.PutTelephoneNumberRequest, status: 200, response: numbers.TelephoneNumber },
  deleteTelephoneNumber: { method: 'DELETE', path: '/v1/telephony/numbers/{number}', access: 'operator', summary: 'Take a number away', params: numbers.TelephoneNumberPath, status: 204 },
  getVoiceRoutes: { method: 'GET', path: '/v1/telephony/routes', access: 'operator', summary: 'Voice routes in order', status: 200, response: dialing.VoiceRoutes },
  replaceVoiceRoutes: { method: 'PUT', path: '/v1/telephony/routes', access: 'operator', summary: 'Replace all voice routes', body: dialing.VoiceRoutes, status: 200, response: dialing.VoiceRoutes },
  testVoiceRoutes: { method: 'POST', path: '/v1/telephony/routes:test', access: 'operator', summary: 'Where a number would go, and why', body: dialing.TestRoutesRequest, status: 200, response: dialing.DialPlan },
  getDialingPolicy: { method: 'GET', path: '/v1/telephony/policy', access: 'operator', summary: 'Barred numbers, caller ids, rates and limits', status: 200, response: dialing.DialingPolicy },
  replaceDialingPolicy: { method: 'PUT', path: '/v1/telephony/policy', access: 'operator', summary: 'Replace the dialing policy', body: dialing.DialingPolicy, status: 200, response: dialing.DialingPolicy },
  listLimitUse: { method: 'GET', path: '/v1/telephony/limits', access: 'operator', summary: 'What has been telephoned of each limit', status: 200, response: dialing.LimitUseList },
  listSipDevices: { method: 'GET', path: '/v1/telephony/devices', access: 'operator', summary: 'Credentials of SIP phones', status: 200, response: numbers.SipDeviceList },
  createSipDevice: { method: 'POST', path: '/v1/telephony/devices', access: 'operator', summary: 'Make credentials for a SIP phone of a user; the password is in this answer only', body: numbers.CreateSipDeviceRequest, status: 201, response: numbers.CreatedSipDevice },
  deleteSipDevice: { method: 'DELETE', path: '/v1/telephony/devices/{username}', access: 'operator', summary: 'Delete the credentials of a SIP phone', params: numbers.SipDevicePath, status: 204 },
  listRooms: { method: 'GET', path: '/v1/rooms', access: 'operator', summary: 'Rooms, newest first', query: rooms.RoomListQuery, status: 200, response: rooms.RoomList },
  createRoom: { method: 'POST', path: '/v1/rooms', access: 'operator', summary: 'Make a room', body: rooms.CreateRoomRequest, status: 201, response: rooms.Room },
  getRoom: { method: 'GET', path: '/v1/rooms/{roomId}', access: 'operator', summary: 'A room', params: rooms.RoomPath, status: 200, response: rooms.Room },
  updateRoom: { method: 'PATCH', path: '/v1/rooms/{roomId}', access: 'operator', summary: 'Change when a room is open, or whether telephones can be called from it', params: rooms.RoomPath, body: rooms.UpdateRoomRequest, status: 200, response: rooms.Room },
  deleteRoom: { method: 'DELETE', path: '/v1/rooms/{roomId}', access: 'operator', summary: 'Delete a room; its call ends', params: rooms.RoomPath, status: 204 },
  listRoomParticipants: { method: 'GET', path: '/v1/rooms/{roomId}/participants', access: 'operator', summary: 'Who is invited, in which role', params: rooms.RoomPath, status: 200, response: rooms.RoomParticipantList },
  updateRoomParticipants: { method: 'PATCH', path: '/v1/rooms/{roomId}/participants', access: 'operator', summary: 'Invite, change roles, take invitations back', params: rooms.RoomPath, body: rooms.UpdateRoomParticipantsRequest, status: 200, response: rooms.RoomParticipantList },
  listEventSubscriptions: { method: 'GET', path: '/v1/event-subscriptions', access: 'operator', summary: 'Webhooks that are told of calls between users', status: 200, response: subscriptions.EventSubscriptionList },
  putEventSubscription: { method: 'PUT', path: '/v1/event-subscriptions/{name}', access: 'operator', summary: 'Have a webhook told of calls between users, once it has answered the validation event', params: subscriptions.EventSubscriptionPath, body: subscriptions.PutEventSubscriptionRequest, status: 200, response: subscriptions.EventSubscription },
  deleteEventSubscription: { method: 'DELETE', path: '/v1/event-subscriptions/{name}', access: 'operator', summary: 'Tell a webhook nothing any more', params: subscriptions.EventSubscriptionPath, status: 204 },
  listTelephoneUsage: { method: 'GET', path: '/v1/telephony/usage', access: 'operator', summary: 'Rows of the ledger of telephone lines', query: telephoneUsage.TelephoneUsageQuery, status: 200, response: telephoneUsage.TelephoneUsageList, isTable: true },
  sumTelephoneUsage: { method: 'GET', path: '/v1/telephony/usage:sum', access: 'operator', summary: 'What was telephoned and what it costs, per day, call, trunk, user, number or resource', query: telephoneUsage.TelephoneUsageSumQuery, status: 200, response: telephoneUsage.TelephoneUsageSums, isTable: true },
  listTelephoneUsageRecords: { method: 'GET', path: '/v1/telephony/usage-records', access: 'operator', summary: 'What is charged for each line, in the units of Azure usage records', query: telephoneUsage.TelephoneUsageQuery, status: 200, response: telephoneUsage.TelephoneUsageRecordList, isTable: true },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof operations;
type Operations = typeof operations;
type Part<Id extends OperationId, Name extends string> = Operations[Id] extends { readonly [K in Name]: infer Schema extends TSchema } ? Type.Static<Schema> : undefined;

export type OperationParams<Id extends OperationId> = Part<Id, 'params'>;
export type OperationQuery<Id extends OperationId> = Part<Id, 'query'>;
export type OperationBody<Id extends OperationId> = Part<Id, 'body'>;
export type OperationResponse<Id extends OperationId> = Part<Id, 'response'>;
