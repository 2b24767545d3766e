import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { CallClient, type CallAgent, type DeviceManager } from '@dialplane/calling';
import { useEffect, useState } from 'react';
import type { Session } from '../session/session.ts';

/** The agent of the signed-in user: on its way, there, or refused. */
export type AgentState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready'; readonly agent: CallAgent; readonly devices: DeviceManager }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Creates the agent for `session` and disposes of it with the component or the session. `attempt` tries again. */
export function useAgent(session: Session, attempt: number): AgentState {
  const [state, setState] = useState<{ readonly token: string; readonly attempt: number; readonly agent: AgentState }>();
  const { accessToken, displayName } = session;
  useEffect(() => {
    const client = new CallClient({ endpoint: window.location.origin, diagnostics: { appName: 'dialplane-console' } });
    const abort = new AbortController();
    const settle = (agent: AgentState): void => {
      if (!abort.signal.aborted) setState({ token: accessToken, attempt, agent });
    };
    const created = client.createCallAgent(new AzureCommunicationTokenCredential(accessToken), { displayName });
    void Promise.all([created, client.getDeviceManager()]).then(
      ([agent, devices]) => settle({ kind: 'ready', agent, devices }),
      (error: unknown) => settle({ kind: 'failed', error }),
    );
    const close = (): void => {
      abort.abort();
      void created.then((agent) => agent.dispose(), () => undefined);
    };
    window.addEventListener('pagehide', close);
    return () => {
      window.removeEventListener('pagehide', close);
      close();
    };
  }, [accessToken, displayName, attempt]);
  return state?.token === accessToken && state.attempt === attempt ? state.agent : { kind: 'connecting' };
}
