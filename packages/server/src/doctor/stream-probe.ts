import { askBinding, type TurnServerTarget } from '@dialplane/relay';

/** Whether a server answers STUN over a stream. */
export type StreamFinding = { readonly outcome: 'works' } | { readonly outcome: 'unreachable'; readonly error: Error };

const patienceMs = 5000;

/** Asks a STUN server over TCP or TLS how it sees this machine. */
export async function probeStunStream(target: TurnServerTarget): Promise<StreamFinding> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    const answer = await Promise.race([askBinding(target, { timeoutMs: patienceMs }), overdue]);
    return answer === undefined ? { outcome: 'unreachable', error: new Error(`no answer within ${patienceMs / 1000} s`) } : { outcome: 'works' };
  } catch (error) {
    return { outcome: 'unreachable', error: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    clearTimeout(timer);
  }
}
