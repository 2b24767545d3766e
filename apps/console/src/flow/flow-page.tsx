import { Badge, Button, makeStyles, MessageBar, MessageBarBody, Spinner, Text, tokens } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { PrintRegular } from '@fluentui/react-icons/svg/print';
import type { CallFlow, CallRecords, EndReason } from '@dialplane/calling-api';
import { useMemo, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { RecordTables } from '../calls/record-tables.tsx';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Page, Section } from '../shell/page.tsx';
import { downloadBytes, downloadText } from '../text/download.ts';
import { personName } from '../text/person.ts';
import { candidatePairs, mediaStreams, milestones } from './flow-analysis.ts';
import { FlowExplorer } from './flow-explorer.tsx';
import { namedLanes } from './flow-lanes.ts';
import { MediaProcessorSection } from './media-processor-section.tsx';
import { MilestoneStrip } from './milestone-strip.tsx';
import { PairTable, StreamTable } from './path-tables.tsx';
import { QualityCharts } from './quality-charts.tsx';
import { RelayedSection } from './relayed-section.tsx';
import { hasSip } from './use-sip-messages.ts';

const useStyles = makeStyles({
  head: { display: 'grid', gap: '8px', justifyItems: 'start' },
  conclusion: { fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, maxWidth: '72ch' },
  meta: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 12px', color: tokens.colorNeutralForeground3, overflowWrap: 'anywhere' },
});

/** How often a running call is fetched again, and for how long after its end late reports of the clients are waited for. */
const liveRefreshMs = 1500;
const lateReportsMs = 20_000;

/** The record of one call: what became of it, its ladder, the paths tried, media, quality. Follows a running call. */
export function FlowPage({ callId }: { readonly callId: string }): ReactNode {
  const { api, operatorApi } = useSession();
  const run = useCommand();
  const ask = operatorApi ?? api;
  const flow = useQuery(`flow ${callId}`, (signal) => ask('getCallFlow', { params: { callId } }, signal), { refreshMs: refreshAfter });
  const records = useQuery(`records ${callId} ${flow.value?.endedAt ?? ''}`, (signal) => ask('getCallRecords', { params: { callId } }, signal), {
    refreshMs: () => (flow.value === undefined ? undefined : refreshAfter(flow.value)),
  });
  const download = (): void => downloadText(`call-flow-${callId}.json`, 'application/json', JSON.stringify({ flow: flow.value, records: records.value }, undefined, 2));
  const downloadCapture = (operator: ApiClient): void => run(async () => downloadBytes(`call-${callId}.pcap`, await operator('getCallCapture', { params: { callId } })));
  return (
    <Page
      title="Call flow"
      actions={
        <>
          <Button icon={<PrintRegular />} onClick={() => window.print()} disabled={flow.value === undefined}>Print</Button>
          <Button icon={<ArrowDownloadRegular />} onClick={download} disabled={flow.value === undefined}>JSON</Button>
          {operatorApi === undefined || flow.value === undefined || !hasSip(flow.value) ? null : <Button icon={<ArrowDownloadRegular />} onClick={() => downloadCapture(operatorApi)}>SIP as pcap</Button>}
        </>
      }
    >
      {flow.error === undefined ? null : <FailureBar error={flow.error} onRetry={flow.reload} />}
      {flow.value === undefined ? (flow.isLoading ? <Spinner label="Loading the record" /> : null) : <FlowRecord flow={flow.value} records={records.value} />}
    </Page>
  );
}

/** Rows in the order of the ladder's lanes. */
function byLane<Row extends { readonly laneId: string }>(rows: readonly Row[], titles: ReadonlyMap<string, string>): readonly Row[] {
  const order = [...titles.keys()];
  return rows.toSorted((a, b) => order.indexOf(a.laneId) - order.indexOf(b.laneId));
}

/** Who called whom, devices of one person counted once. */
function partiesOf({ lanes }: CallFlow): string {
  const people = lanes.filter(({ identifier }) => identifier !== undefined);
  const names = (roles: readonly string[]): string => [...new Set(people.filter(({ role }) => roles.includes(role)).map(({ identifier = '', displayName }) => personName(identifier, displayName)))].join(', ');
  return [names(['caller']), names(['callee', 'participant', 'trunk'])].filter((name) => name !== '').join(' → ');
}

/** Busy or declined is no fault, but no success to people either. */
function endColor({ category, code }: EndReason): 'success' | 'informative' | 'danger' {
  if (category !== 'Success') return 'danger';
  return code === 0 ? 'success' : 'informative';
}

function refreshAfter({ endedAt }: CallFlow): number | undefined {
  return endedAt === undefined || Date.now() - Date.parse(endedAt) < lateReportsMs ? liveRefreshMs : undefined;
}

function FlowRecord({ flow, records }: { readonly flow: CallFlow; readonly records: CallRecords | undefined }): ReactNode {
  const styles = useStyles();
  const titles = useMemo(() => new Map(namedLanes(flow).map(({ id, title }) => [id, title])), [flow]);
  const pairs = useMemo(() => byLane(candidatePairs(flow), titles), [flow, titles]);
  const streams = useMemo(() => byLane(mediaStreams(flow), titles), [flow, titles]);
  const end = flow.events.findLast(({ detail }) => detail.kind === 'ended')?.detail;
  return (
    <>
      <div className={styles.head}>
        <Text as="p" block className={styles.conclusion} style={{ margin: 0 }}>{flow.conclusion}</Text>
        <div className={styles.meta}>
          {flow.endedAt === undefined ? <Badge color="success" appearance="filled">Live</Badge> : null}
          {end?.kind === 'ended' ? <Badge appearance="tint" color={endColor(end.endReason)}>{end.endReason.code}/{end.endReason.subCode}</Badge> : null}
          <span>{partiesOf(flow)}</span>
          <span>{new Date(flow.startedAt).toLocaleString()}</span>
          <code>{flow.callId}</code>
        </div>
      </div>
      {flow.isTruncated ? <MessageBar intent="warning"><MessageBarBody>The record had reached its limit; later entries were dropped.</MessageBarBody></MessageBar> : null}
      <MilestoneStrip milestones={milestones(flow)} />
      <FlowExplorer flow={flow} />
      <Section title="Paths tried"><PairTable pairs={pairs} titles={titles} /></Section>
      <Section title="Media"><StreamTable streams={streams} titles={titles} /></Section>
      <MediaProcessorSection flow={flow} titles={titles} />
      <RelayedSection callId={flow.callId} titles={titles} refreshMs={refreshAfter(flow)} />
      <QualityCharts callId={flow.callId} />
      {records === undefined || records.summaries.length + records.diagnostics.length === 0 ? null : <RecordTables callId={flow.callId} records={records} titles={titles} />}
    </>
  );
}
