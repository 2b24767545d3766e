import { Features, type Call, type RemoteDiagnosticType } from '@dialplane/calling';
import { useEffect, useState } from 'react';
import { isTrouble } from './use-quality.ts';

/** In words for everybody else. What is not here is nothing that they could notice. */
const words: { readonly [Type in RemoteDiagnosticType]?: string } = {
  noNetwork: 'has no network', networkReconnect: 'is reconnecting', networkReceiveQuality: 'receives badly', networkSendQuality: 'is received badly', microphoneNotFunctioning: 'has a microphone without sound',
};

/** What troubles the others' lines and microphones now, by raw identifier, as their clients say it; this client says so of its own. */
export function useOthersTroubles(call: Call): ReadonlyMap<string, string> {
  const [troubles, setTroubles] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    const { remote } = call.feature(Features.UserFacingDiagnostics);
    const read = (): void => {
      const found = remote.getLatest().diagnostics.flatMap(({ rawId, diagnostic, value, valueType }) => {
        const said = words[diagnostic];
        return said !== undefined && isTrouble(diagnostic, { value, valueType }) ? [[rawId, said] as const] : [];
      });
      setTroubles(new Map(found));
    };
    remote.on('diagnosticChanged', read);
    remote.startSendingDiagnostics();
    read();
    return () => {
      remote.off('diagnosticChanged', read);
      remote.stopSendingDiagnostics();
    };
  }, [call]);
  return troubles;
}
