import { DiagnosticQuality, Features, type Call, type LatestDiagnosticValue } from '@dialplane/calling';
import { createContext, useContext, useEffect, useState } from 'react';
import { qualityPoint, type QualityPoint } from './media-quality.ts';
import type { QualityHistory } from './quality-history.ts';

/** The history of this tab. */
export const QualityHistoryContext = createContext<QualityHistory | undefined>(undefined);

/** The newest figures of a call, once a second while it has media; every one of them goes into the history. */
export function useQuality(call: Call): QualityPoint | undefined {
  const history = useContext(QualityHistoryContext);
  const [point, setPoint] = useState<QualityPoint>();
  useEffect(() => {
    const collector = call.feature(Features.MediaStats).createCollector();
    const take = (sample: Parameters<typeof qualityPoint>[0]): void => {
      const next = qualityPoint(sample, Date.now());
      history?.add(call.id, next);
      setPoint(next);
    };
    collector.on('sampleReported', take);
    return () => {
      collector.off('sampleReported', take);
      collector.dispose();
    };
  }, [call, history]);
  return point;
}

/** Diagnostics that hold now. A quality that is merely poor is no reason to disturb: the dot and the figures show it. */
export interface ActiveDiagnostics {
  readonly names: ReadonlySet<string>;
  /** The transport or the network is gone and the client tries to get it back. */
  readonly isReconnecting: boolean;
}

/** Whether a diagnostic holds so that one notices. */
export function isTrouble(name: string, { value, valueType }: LatestDiagnosticValue): boolean {
  if (valueType === 'DiagnosticFlag') return value === true;
  return value === DiagnosticQuality.Bad || (name === 'networkReconnect' && value === DiagnosticQuality.Poor);
}

/** Follows the user-facing diagnostics of a call. */
export function useDiagnostics(call: Call): ActiveDiagnostics {
  const [names, setNames] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const { network, media } = call.feature(Features.UserFacingDiagnostics);
    const read = (): void => {
      const latest = Object.entries({ ...network.getLatest(), ...media.getLatest() });
      setNames(new Set(latest.filter(([name, diagnostic]) => isTrouble(name, diagnostic)).map(([name]) => name)));
    };
    read();
    network.on('diagnosticChanged', read);
    media.on('diagnosticChanged', read);
    return () => {
      network.off('diagnosticChanged', read);
      media.off('diagnosticChanged', read);
    };
  }, [call]);
  return { names, isReconnecting: names.has('networkReconnect') };
}
