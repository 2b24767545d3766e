import type { FlowDetail } from '@dialplane/calling-api';

/** How the page groups what a flow record holds: the filter's choices and the ladder's colours. */
export type FlowCategory = 'request' | 'event' | 'state' | 'negotiation' | 'sip' | 'ice' | 'media' | 'decision' | 'end';

/** In the order in which the filter offers them. */
export const flowCategories: readonly FlowCategory[] = ['request', 'event', 'state', 'negotiation', 'sip', 'ice', 'media', 'decision', 'end'];

export const categoryNames: Readonly<Record<FlowCategory, string>> = {
  request: 'Requests',
  event: 'Events',
  state: 'States',
  negotiation: 'Offer and answer',
  sip: 'SIP',
  ice: 'ICE',
  media: 'Media',
  decision: 'Decisions',
  end: 'End',
};

const categories: Readonly<Record<FlowDetail['kind'], FlowCategory>> = {
  request: 'request',
  event: 'event',
  callState: 'state',
  participantState: 'state',
  description: 'negotiation',
  candidates: 'ice',
  candidateGathered: 'ice',
  candidateError: 'ice',
  candidatePair: 'ice',
  iceState: 'ice',
  dtlsState: 'ice',
  mediaState: 'media',
  firstMedia: 'media',
  lastMedia: 'media',
  relayAllocated: 'media',
  relayReleased: 'media',
  diagnostic: 'media',
  decision: 'decision',
  clientDecision: 'decision',
  mediaReport: 'media',
  sip: 'sip',
  ended: 'end',
};

/** The category of an entry. Kinds that a newer server adds count as events. */
export function categoryOf(kind: FlowDetail['kind']): FlowCategory {
  return categories[kind] ?? 'event';
}
