/**
 * How long the engine waits, and how much it keeps. Times in milliseconds; the defaults are those of Azure Communication
 * Services ("Service limits") where it names one.
 */
export interface CallLimits {
  /** How long a user is rung who is called or added to a call. */
  readonly ringMs: number;
  /** How long a telephone number is rung. */
  readonly phoneRingMs: number;
  /** How long a transfer may take, and how long the transferee's client may take to begin the call it is asked for. */
  readonly transferMs: number;
  readonly transferAnswerMs: number;
  /** From the answer, a join or a promotion until media must be connected. */
  readonly setupMs: number;
  /** How long a lost endpoint or an interrupted media session is waited for. */
  readonly reconnectMs: number;
  /** How long the answer to `findEndpoints` may take. */
  readonly findEndpointsMs: number;
  /** How long the answer to `openConference` may take. */
  readonly openConferenceMs: number;
  /** How often within `reopeningWindowMs` the conference of a group call is opened again before the call ends. */
  readonly reopenings: number;
  readonly reopeningWindowMs: number;
  /** The longest call there is. */
  readonly durationMs: number;
  /** Participants of one call, those who are being rung included. */
  readonly participants: number;
  /** Applications in one call. */
  readonly applications: number;
  /** How often applications and SIP phones may send a call on. */
  readonly redirections: number;
  /** Devices of one user that ring. */
  readonly devicesPerUser: number;
  /** Trickled candidates kept of one side of a media session. */
  readonly candidatesPerSide: number;
  /** Commands whose result is remembered. */
  readonly rememberedCommands: number;
  /** Parts in the call, past ones included: what its record can hold. */
  readonly participations: number;
}

export const defaultLimits: CallLimits = {
  ringMs: 85_000,
  phoneRingMs: 115_000,
  transferMs: 150_000,
  transferAnswerMs: 15_000,
  setupMs: 40_000,
  reconnectMs: 120_000,
  findEndpointsMs: 5_000,
  openConferenceMs: 10_000,
  reopenings: 3,
  reopeningWindowMs: 60_000,
  durationMs: 30 * 3_600_000,
  participants: 350,
  applications: 5,
  redirections: 10,
  devicesPerUser: 32,
  candidatesPerSide: 256,
  rememberedCommands: 1024,
  participations: 4096,
};
