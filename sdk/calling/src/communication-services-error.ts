import type { CommunicationServicesError } from './public/errors.ts';

interface Row {
  readonly code: number;
  readonly subCode: number;
  readonly message: string;
}

/**
 * Every failure the library itself finds, by our name for it. `code` is HTTP-like; `subCode` is Azure's where its documents
 * name one ("Calling SDK error codes"), else 0. What the server refuses keeps the server's code, status and sentence.
 */
const clientErrors = {
  AGENT_EXISTS: { code: 409, subCode: 40228, message: 'This CallClient already has a CallAgent; dispose of that one first.' },
  AGENT_DISPOSED: { code: 409, subCode: 0, message: 'This CallAgent was disposed of; create a new one.' },
  CLIENT_DISPOSED: { code: 409, subCode: 0, message: 'This CallClient was disposed of; create a new one.' },
  ENDPOINT_UNKNOWN: { code: 400, subCode: 0, message: 'The access token names no server; give CallClient the option `endpoint`.' },
  ENDPOINT_INSECURE: { code: 400, subCode: 0, message: 'The server must be reached over https; plain http is for this machine alone.' },
  TURN_CONFIGURATION_INVALID: { code: 400, subCode: 0, message: 'networkConfiguration.turn cannot be used.' },
  TOKEN_MALFORMED: { code: 401, subCode: 0, message: 'The access token is not a JSON Web Token; get one from your own server.' },
  TOKEN_UNAVAILABLE: { code: 401, subCode: 0, message: 'The credential gave no access token.' },
  SIGNED_OUT: { code: 401, subCode: 0, message: 'This CallAgent is not connected any more; dispose of it and create a new one.' },
  TARGETS_MISSING: { code: 400, subCode: 0, message: 'Name at least one participant to call.' },
  TARGET_MALFORMED: { code: 400, subCode: 0, message: 'A participant identifier is malformed.' },
  DISPLAY_NAME_TOO_LONG: { code: 400, subCode: 0, message: 'A display name has at most 256 characters.' },
  GROUP_ID_NOT_GUID: { code: 400, subCode: 0, message: 'groupId must be a GUID.' },
  LOCATOR_UNSUPPORTED: { code: 400, subCode: 0, message: 'This server has group calls and rooms; give a groupId or a roomId.' },
  ROLE_FORBIDS: { code: 403, subCode: 0, message: 'The role of this participant in the room does not permit this.' },
  SCOPE_MISSING: { code: 403, subCode: 0, message: 'The access token permits joining calls, not starting them; get one with the scope `voip`.' },
  FEATURE_UNKNOWN: { code: 400, subCode: 0, message: 'Ask for a member of `Features` that belongs to this kind of object.' },
  FEATURE_NOT_AVAILABLE: { code: 412, subCode: 0, message: 'This feature is not available in this call.' },
  MESSAGE_TOO_LONG: { code: 400, subCode: 0, message: 'The message is longer than maxMessageSize of its sender; divide it.' },
  CHANNEL_CLOSED: { code: 409, subCode: 0, message: 'This data channel sender was closed; create a new one.' },
  CHANNEL_ID_INVALID: { code: 400, subCode: 0, message: 'A channelId is a whole number from 0 to 4294967295.' },
  AGGREGATION_INVALID: { code: 400, subCode: 0, message: 'aggregationInterval and dataPointsPerAggregation are whole numbers from 1 on.' },
  SURVEY_INVALID: { code: 400, subCode: 0, message: 'A survey has at least one rating, and each score lies within its scale.' },
  CALL_NOT_CONNECTED: { code: 409, subCode: 0, message: 'The call is not connected.' },
  CALL_ENDED: { code: 410, subCode: 0, message: 'The call has ended.' },
  VIDEO_ALREADY_STARTED: { code: 409, subCode: 0, message: 'Video is being sent already; stop it first.' },
  STREAM_NOT_STARTED: { code: 409, subCode: 0, message: 'This stream is not being sent.' },
  STREAM_UNAVAILABLE: { code: 404, subCode: 0, message: 'The stream is not available now; wait for isAvailable.' },
  SCREEN_SHARING_UNSUPPORTED: { code: 412, subCode: 0, message: 'This browser cannot share its screen.' },
  SCREEN_NOT_CAPTURED: { code: 412, subCode: 0, message: 'The screen is not shared: the choice was cancelled, or this computer does not permit it.' },
  RENDERER_DISPOSED: { code: 409, subCode: 0, message: 'This VideoStreamRenderer was disposed of; create a new one.' },
  SCALING_MODE_UNKNOWN: { code: 400, subCode: 0, message: 'A scaling mode is Stretch, Crop or Fit.' },
  CONSTRAINTS_REFUSED: { code: 412, subCode: 0, message: 'This host cannot limit what it sends; video goes on unlimited.' },
  DTMF_UNSUPPORTED: { code: 412, subCode: 0, message: 'Tones cannot be sent in this call.' },
  STREAM_FOREIGN: { code: 400, subCode: 0, message: 'Give a LocalVideoStream or LocalAudioStream made by this library.' },
  TRACK_MISSING: { code: 400, subCode: 0, message: 'The MediaStream has no track of this kind.' },
  DEVICE_UNKNOWN: { code: 400, subCode: 0, message: 'This is not a device of this computer; take one from the DeviceManager.' },
  DEVICE_UNAVAILABLE: { code: 412, subCode: 0, message: 'The device cannot be opened: it is missing, in use, or not permitted.' },
  WEBRTC_UNAVAILABLE: { code: 412, subCode: 0, message: 'There is no WebRTC here; in Node give CallClient the option `webrtc`.' },
  NEGOTIATION_FAILED: { code: 500, subCode: 0, message: 'The two sides could not agree on media.' },
  SERVER_UNREACHABLE: { code: 408, subCode: 0, message: 'The server cannot be reached; check the network.' },
  RESPONSE_MALFORMED: { code: 502, subCode: 0, message: 'The server answered with something that is not an answer of the calling API.' },
  TEAMS_UNSUPPORTED: { code: 501, subCode: 0, message: 'Microsoft Teams is not part of this system.' },
} as const satisfies Record<string, Row>;

export type ClientErrorCode = keyof typeof clientErrors;

/** The error class behind the public interface of the same shape. */
export class CallingError extends Error implements CommunicationServicesError {
  override readonly name = 'CommunicationServicesError';
  readonly code: number;
  readonly subCode: number;
  readonly errorCode: string;

  constructor(errorCode: string, row: Row, options?: ErrorOptions) {
    super(row.message, options);
    this.errorCode = errorCode;
    this.code = row.code;
    this.subCode = row.subCode;
  }
}

/** The error called `code`; `message` replaces the table's sentence where more is known. */
export function clientError(code: ClientErrorCode, details: { message?: string; cause?: unknown } = {}): CallingError {
  const row = clientErrors[code];
  return new CallingError(code, { ...row, message: details.message ?? row.message }, 'cause' in details ? { cause: details.cause } : undefined);
}
