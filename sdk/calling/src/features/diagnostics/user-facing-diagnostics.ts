import type { CallInternals } from '../../call-internals.ts';
import { callFeature } from '../../feature-registry.ts';
import type { MediaDiagnosticType, NetworkDiagnosticType, UserFacingDiagnosticsFeature } from '../../public/diagnostics.ts';
import type { CallFeatureFactory } from '../../public/feature-factories.ts';
import { DiagnosticBoard } from './diagnostic-board.ts';
import { MediaWatch } from './media-watch.ts';
import { NetworkWatch } from './network-watch.ts';
import { RemoteDiagnosticsExchange } from './remote-diagnostics.ts';

/** Watching begins when an application first asks for the feature. What is found is also told to the call flow record. */
function createUserFacingDiagnostics(call: CallInternals): UserFacingDiagnosticsFeature {
  const network = new DiagnosticBoard<NetworkDiagnosticType>();
  const media = new DiagnosticBoard<MediaDiagnosticType>();
  const remote = new RemoteDiagnosticsExchange(call, [network, media]);
  network.on('diagnosticChanged', ({ diagnostic, value }) => call.reportFlow({ kind: 'diagnostic', name: diagnostic, value }));
  media.on('diagnosticChanged', ({ diagnostic, value }) => call.reportFlow({ kind: 'diagnostic', name: diagnostic, value }));
  new NetworkWatch(call, network).start();
  new MediaWatch(call, media).start();
  return { name: 'UserFacingDiagnostics', network, media, remote };
}

export const userFacingDiagnostics: CallFeatureFactory<UserFacingDiagnosticsFeature> = callFeature('UserFacingDiagnostics', createUserFacingDiagnostics);
