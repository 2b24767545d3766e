import type { OperationId } from '@dialplane/calling-api';

/** Method and path of an operation. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
}

/**
 * Where the operations this library uses are. Written out, so that the schemas (and their validator) stay out of the browser's
 * bundle; a test holds it to the `operations` table of the calling API.
 */
export const routes = {
  registerEndpoint: { method: 'POST', path: '/v1/endpoints' },
  renewEndpoint: { method: 'POST', path: '/v1/endpoints/{endpointId}:renew' },
  closeEndpoint: { method: 'DELETE', path: '/v1/endpoints/{endpointId}' },
  receiveEvents: { method: 'GET', path: '/v1/endpoints/{endpointId}/events' },
  startCall: { method: 'POST', path: '/v1/calls' },
  joinCall: { method: 'POST', path: '/v1/calls:join' },
  getCallFlow: { method: 'GET', path: '/v1/calls/{callId}/flow' },
  getCallRecords: { method: 'GET', path: '/v1/calls/{callId}/records' },
  reportRinging: { method: 'POST', path: '/v1/calls/{callId}:ringing' },
  acceptCall: { method: 'POST', path: '/v1/calls/{callId}:accept' },
  rejectCall: { method: 'POST', path: '/v1/calls/{callId}:reject' },
  hangUp: { method: 'POST', path: '/v1/calls/{callId}:hangUp' },
  hold: { method: 'POST', path: '/v1/calls/{callId}:hold' },
  resume: { method: 'POST', path: '/v1/calls/{callId}:resume' },
  updateSelf: { method: 'PATCH', path: '/v1/calls/{callId}/self' },
  addParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants' },
  removeParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants/{rawId}:remove' },
  muteParticipant: { method: 'POST', path: '/v1/calls/{callId}/participants/{rawId}:mute' },
  muteOthers: { method: 'POST', path: '/v1/calls/{callId}/participants:mute' },
  lowerHands: { method: 'POST', path: '/v1/calls/{callId}/participants:lowerHands' },
  sendDtmf: { method: 'POST', path: '/v1/calls/{callId}:sendDtmf' },
  transferCall: { method: 'POST', path: '/v1/calls/{callId}:transfer' },
  sendReaction: { method: 'POST', path: '/v1/calls/{callId}/reactions' },
  startSpotlight: { method: 'POST', path: '/v1/calls/{callId}/participants:spotlight' },
  stopSpotlight: { method: 'POST', path: '/v1/calls/{callId}/participants:unspotlight' },
  sendMessage: { method: 'POST', path: '/v1/calls/{callId}/messages' },
  setMediaModes: { method: 'POST', path: '/v1/calls/{callId}/media:setModes' },
  sendDescription: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}/descriptions' },
  sendCandidates: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}/candidates' },
  reportMedia: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}:report' },
  wantStreams: { method: 'POST', path: '/v1/calls/{callId}/media/{mediaSessionId}:want' },
  reportTelemetry: { method: 'POST', path: '/v1/calls/{callId}/telemetry' },
} as const satisfies Partial<Record<OperationId, Route>>;

/** An operation this library uses. */
export type RoutedOperation = keyof typeof routes;

/**
 * The path of an operation with its parameters filled in and its query appended; members that are undefined are left out.
 * Throws `TypeError` for a parameter that is missing: a fault of this library.
 */
export function buildPath(
  operation: RoutedOperation,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const path = routes[operation].path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${operation} lacks the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}
