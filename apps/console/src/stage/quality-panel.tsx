import type { Call } from '@dialplane/calling';
import { Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { pictureText, qualityLevel, type QualityPoint } from '../calling/media-quality.ts';
import { candidatePairs, isServed, selectedPair } from '../flow/flow-analysis.ts';
import { candidateText, wayExplanation, wayText } from '../flow/media-path.ts';
import { QualityCharts } from '../flow/quality-charts.tsx';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { formatBitrate, formatRatio } from '../text/quantity.ts';

const useStyles = makeStyles({
  root: { display: 'grid', gap: '16px', alignContent: 'start' },
  facts: { display: 'grid', gridTemplateColumns: 'auto 1fr', gap: '6px 16px', margin: 0, '& dt': { color: tokens.colorNeutralForeground3 }, '& dd': { margin: 0, fontVariantNumeric: 'tabular-nums', textAlign: 'right', overflowWrap: 'anywhere' } },
});

const pathRefreshMs = 4000;

/** How well media flows, and which way: the figures of the last second, the pair that ICE chose, and the last minutes. */
export function QualityPanel({ call, point }: { readonly call: Call; readonly point: QualityPoint | undefined }): ReactNode {
  const styles = useStyles();
  const { api } = useSession();
  const flow = useQuery(`path ${call.id}`, (signal) => api('getCallFlow', { params: { callId: call.id } }, signal), { refreshMs: pathRefreshMs });
  const pair = flow.value === undefined ? undefined : selectedPair(candidatePairs(flow.value), call.info.participantId);
  const way = pair === undefined || flow.value === undefined ? undefined : { path: pair.path, transport: pair.transport, isServed: isServed(flow.value) };
  return (
    <div className={styles.root}>
      <dl className={styles.facts}>
        <dt>Connection</dt>
        <dd>{point === undefined ? '–' : qualityLevel(point)}</dd>
        <dt>Path</dt>
        <dd title={way === undefined ? undefined : wayExplanation(way)}>{way === undefined ? 'not known yet' : wayText(way)}</dd>
        {pair === undefined ? null : (
          <>
            <dt>Here</dt>
            <dd>{candidateText(pair.local)}</dd>
            <dt>There</dt>
            <dd>{candidateText(pair.remote)}</dd>
          </>
        )}
        <dt>Round trip</dt>
        <dd>{point?.rttMs === undefined ? '–' : `${Math.round(point.rttMs)} ms`}</dd>
        <dt>Jitter</dt>
        <dd>{point?.jitterMs === undefined ? '–' : `${Math.round(point.jitterMs)} ms`}</dd>
        <dt>Loss</dt>
        <dd>{point?.loss === undefined ? '–' : formatRatio(point.loss)}</dd>
        <dt>Sent</dt>
        <dd>{point === undefined ? '–' : formatBitrate(point.sentBps)}</dd>
        <dt>Received</dt>
        <dd>{point === undefined ? '–' : formatBitrate(point.receivedBps)}</dd>
        <dt>Your picture</dt>
        <dd>{point?.sentVideo === undefined ? '–' : pictureText(point.sentVideo)}</dd>
        <dt>Their picture</dt>
        <dd>{point?.receivedVideo === undefined ? '–' : pictureText(point.receivedVideo)}</dd>
        <dt>Codecs</dt>
        <dd>{[point?.audioCodec, point?.videoCodec].filter((codec) => codec !== undefined).join(', ') || '–'}</dd>
      </dl>
      <QualityCharts callId={call.id} isCompact />
      <Text><Link href={hrefOf({ screen: 'flow', callId: call.id })}>Watch the call flow</Link></Text>
    </div>
  );
}
