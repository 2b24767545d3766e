import { tokens } from '@fluentui/react-components';
import { lazy, Suspense, useCallback, useContext, useSyncExternalStore, type ReactNode } from 'react';
import type { QualityPoint } from '../calling/media-quality.ts';
import { QualityHistoryContext } from '../calling/use-quality.ts';
import { Section } from '../shell/page.tsx';

const TimeChart = lazy(() => import('./time-chart.tsx').then(({ TimeChart }) => ({ default: TimeChart })));

const refreshMs = 2000;
const noPoints: readonly QualityPoint[] = [];
/** The compact form shows the last minutes only. */
const compactPoints = 180;

/** Charts of what this tab measured of a call it took part in; nothing for other calls. */
export function QualityCharts({ callId, isCompact = false }: { readonly callId: string; readonly isCompact?: boolean }): ReactNode {
  const points = useHistory(callId);
  if (points.length < 3) return null;
  const shown = isCompact ? points.slice(-compactPoints) : points;
  const seconds = shown.map(({ atMs }) => atMs / 1000);
  const charts = (
    <Suspense fallback={null}>
      <div style={{ display: 'grid', gap: 16, gridTemplateColumns: isCompact ? 'minmax(0, 1fr)' : 'repeat(auto-fit, minmax(300px, 1fr))' }}>
        <TimeChart title="Round trip and jitter" unit="ms" seconds={seconds} series={[
          { name: 'Round trip', color: tokens.colorBrandForeground1, values: shown.map(({ rttMs }) => rttMs ?? null) },
          { name: 'Jitter', color: tokens.colorPaletteDarkOrangeForeground1, values: shown.map(({ jitterMs }) => jitterMs ?? null) },
        ]} />
        <TimeChart title="Bit rate" unit="kbit/s" seconds={seconds} series={[
          { name: 'Sent', color: tokens.colorPaletteGrapeForeground2, values: shown.map(({ sentBps }) => sentBps / 1000) },
          { name: 'Received', color: tokens.colorPaletteGreenForeground1, values: shown.map(({ receivedBps }) => receivedBps / 1000) },
        ]} />
        <TimeChart title="Loss" unit="%" seconds={seconds} series={[{ name: 'Lost', color: tokens.colorPaletteRedForeground1, values: shown.map(({ loss }) => (loss === undefined ? null : loss * 100)) }]} />
      </div>
    </Suspense>
  );
  return isCompact ? charts : <Section title="Quality over time, as this window measured it">{charts}</Section>;
}

function useHistory(callId: string): readonly QualityPoint[] {
  const history = useContext(QualityHistoryContext);
  const subscribe = useCallback((listener: () => void) => {
    const timer = setInterval(listener, refreshMs);
    return () => clearInterval(timer);
  }, []);
  return useSyncExternalStore(subscribe, () => history?.of(callId) ?? noPoints);
}
