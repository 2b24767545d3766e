import type { HangUpOptions } from '../public/call-options.ts';
import type { CallServices } from './call-services.ts';
import type { CallSession } from './call-session.ts';

/** After `hangUp` was taken, how long to wait for the server's own word on the end. */
const hangUpEventMs = 2000;
/** How long a person who hangs up waits for a server that does not answer. */
export const hangUpTimeoutMs = 8000;

/** Tells the server that this endpoint leaves. Resolves when the call has ended, or the server has had its time. Never rejects. */
export async function leaveCall({ connection, platform }: CallServices, session: CallSession, { forEveryone }: HangUpOptions): Promise<void> {
  await new Promise<void>((resolve) => {
    session.onEnded(resolve);
    const body = { endpointId: connection.endpointId, ...(forEveryone === undefined ? {} : { forEveryone }) };
    connection.request('hangUp', { params: { callId: session.callId() }, body }, { timeoutMs: hangUpTimeoutMs }).then(
      () => platform.clock.after(hangUpEventMs, resolve),
      (error: unknown) => {
        platform.logger.warning('the server was not told of the end of the call', error);
        resolve();
      },
    );
  });
}

/** Leaves a call that the server holds for this endpoint and that this client has given up. Waits for nothing. */
export function leaveUnknownCall({ connection, platform }: CallServices, callId: string): void {
  connection.request('hangUp', { params: { callId }, body: { endpointId: connection.endpointId } }).catch((error: unknown) => {
    platform.logger.info('a call that was given up could not be left', error);
  });
}
