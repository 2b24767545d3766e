import type { CallFlow, SipMessage } from '@dialplane/calling-api';
import { useQuery } from '../api/use-query.ts';
import { useSession } from '../session/use-session.tsx';

/** Whether telephones took part, or tried to. */
export function hasSip({ events }: CallFlow): boolean {
  return events.some(({ detail }) => detail.kind === 'sip');
}

/** The SIP messages of a flow by their id, fetched when the record has got new ones. Empty for who is no operator. */
export function useSipMessages({ callId, events }: CallFlow): ReadonlyMap<string, SipMessage> {
  const { operatorApi } = useSession();
  const count = events.filter(({ detail }) => detail.kind === 'sip').length;
  const fetched = useQuery(`sip messages ${callId} ${count}`, async (signal): Promise<readonly SipMessage[]> => {
    if (operatorApi === undefined || count === 0) return [];
    return (await operatorApi('listSipMessages', { params: { callId } }, signal)).messages;
  });
  return new Map((fetched.value ?? []).map((message) => [message.messageId, message]));
}
