/** Values that applications compare with, under Azure's names. Each is a constant object and the type of its values. */
export const DiagnosticQuality = { Good: 1, Poor: 2, Bad: 3 } as const;
export type DiagnosticQuality = (typeof DiagnosticQuality)[keyof typeof DiagnosticQuality];

export const RecordingState = { None: 0, Started: 1, Paused: 2, Ended: 3 } as const;
export type RecordingState = (typeof RecordingState)[keyof typeof RecordingState];

export const CallAgentKind = { CallAgent: 'CallAgent', TeamsCallAgent: 'TeamsCallAgent' } as const;
export type CallAgentKind = (typeof CallAgentKind)[keyof typeof CallAgentKind];

export const CallKind = { Call: 'Call', TeamsCall: 'TeamsCall' } as const;
export type CallKind = (typeof CallKind)[keyof typeof CallKind];

export const IncomingCallKind = { IncomingCall: 'IncomingCall', TeamsIncomingCall: 'TeamsIncomingCall' } as const;
export type IncomingCallKind = (typeof IncomingCallKind)[keyof typeof IncomingCallKind];

export const DevicePermissionAccess = { granted: 'granted', denied: 'denied', prompt: 'prompt' } as const;
export type DevicePermissionAccess = (typeof DevicePermissionAccess)[keyof typeof DevicePermissionAccess];

/** Categories of Azure's call summary log, for `CallEndReason.resultCategories`. */
export const disconnectCategoryMap = {
  Success: 'Success',
  ExpectedError: 'ExpectedError',
  UnexpectedClientError: 'UnexpectedClientError',
  UnexpectedServerError: 'UnexpectedServerError',
} as const;
