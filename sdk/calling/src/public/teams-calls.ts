import type { CallAgent } from './call-agent.ts';
import type { Call, CallInfo } from './call.ts';
import type { IncomingCall } from './incoming-call.ts';

/** What calls of all kinds have in common. */
export type CallCommon = Omit<Call, 'kind' | 'info'>;
export type CallAgentCommon = Omit<CallAgent, 'kind'>;
export type IncomingCallCommon = Omit<IncomingCall, 'kind' | 'info'>;

/** Calls of Teams users. No object of these types is ever made here: applications name them in unions. */
export type TeamsCallInfo = Omit<CallInfo, 'groupId'>;
export type TeamsCall = CallCommon & { readonly kind: 'TeamsCall'; readonly info: TeamsCallInfo };
export type TeamsCallAgent = CallAgentCommon & { readonly kind: 'TeamsCallAgent' };
export type TeamsIncomingCall = IncomingCallCommon & { readonly kind: 'TeamsIncomingCall'; readonly info: TeamsCallInfo };
