import { Badge, Button, makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import type { CallDiagnostics, CallRecords } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { streamName } from '../flow/event-text.ts';
import { Section } from '../shell/page.tsx';
import { TableScroller } from '../shell/table-scroller.tsx';
import { downloadText } from '../text/download.ts';
import { formatDuration } from '../text/duration.ts';
import { personName } from '../text/person.ts';
import { formatBitrate, formatRatio } from '../text/quantity.ts';
import { toCsv } from './csv.ts';

const useStyles = makeStyles({
  table: { minWidth: '820px', tableLayout: 'auto', '& td': { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' } },
});

interface RecordTablesProps {
  readonly callId: string;
  readonly records: CallRecords;
  /** Participant id to what to call it. */
  readonly titles: ReadonlyMap<string, string>;
}

/** The call detail records: a row per device (CallSummary), and a row per stream (CallDiagnostics). */
export function RecordTables({ callId, records, titles }: RecordTablesProps): ReactNode {
  const styles = useStyles();
  const { summaries, diagnostics } = records;
  const name = (participantId: string, identifier: string): string => titles.get(participantId) ?? personName(identifier);
  const csv = (kind: 'summary' | 'diagnostics', rows: CallRecords['summaries'] | CallRecords['diagnostics']): ReactNode => (
    <Button size="small" icon={<ArrowDownloadRegular />} onClick={() => downloadText(`call-${kind}-${callId}.csv`, 'text/csv', toCsv(rows))}>CSV</Button>
  );
  return (
    <>
      {diagnostics.length === 0 ? null : (
        <Section title="Quality per stream" actions={csv('diagnostics', diagnostics)}>
          <TableScroller label="Quality per stream">
            <Table size="small" className={styles.table} aria-label="Quality per stream">
              <TableHeader><TableRow>{['Device of', 'Stream', 'Codec', 'Transport', 'Round trip', 'Jitter', 'Loss', 'Jitter buffer', 'Video', 'Freezes'].map((head) => <TableHeaderCell key={head}>{head}</TableHeaderCell>)}</TableRow></TableHeader>
              <TableBody>
                {diagnostics.map((row) => (
                  <TableRow key={`${row.participantId} ${row.streamId} ${row.streamDirection}`}>
                    <TableCell>{name(row.participantId, row.identifier)}</TableCell>
                    <TableCell>{streamName(row.mediaType)} {row.streamDirection === 'Inbound' ? 'received' : 'sent'}</TableCell>
                    <TableCell>{row.codecName ?? '–'}</TableCell>
                    <TableCell>{row.transportType}</TableCell>
                    <TableCell>{averageAndMax(row.roundTripTimeAvg, row.roundTripTimeMax, milliseconds)}</TableCell>
                    <TableCell>{averageAndMax(row.jitterAvg, row.jitterMax, milliseconds)}</TableCell>
                    <TableCell>{averageAndMax(row.packetLossRateAvg, row.packetLossRateMax, formatRatio)}</TableCell>
                    <TableCell>{averageAndMax(row.jitterBufferSizeAvg, row.jitterBufferSizeMax, milliseconds)}</TableCell>
                    <TableCell>{videoOf(row)}</TableCell>
                    <TableCell>{row.recvFreezeDurationPerMinuteInMs === undefined ? '–' : `${Math.round(row.recvFreezeDurationPerMinuteInMs)} ms/min`}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableScroller>
        </Section>
      )}
      {summaries.length === 0 ? null : (
        <Section title="Call detail records" actions={csv('summary', summaries)}>
          <TableScroller label="Call detail records">
            <Table size="small" className={styles.table} aria-label="Call detail records">
              <TableHeader><TableRow>{['Device of', 'Took part', 'Ended with', 'What that means', 'Client'].map((head) => <TableHeaderCell key={head}>{head}</TableHeaderCell>)}</TableRow></TableHeader>
              <TableBody>
                {summaries.map((row) => (
                  <TableRow key={row.participantId}>
                    <TableCell>{name(row.participantId, row.identifier)}</TableCell>
                    <TableCell>{formatDuration(row.participantDuration * 1000)}</TableCell>
                    <TableCell><Badge appearance="tint" color={row.resultCategory === 'Success' ? 'success' : row.resultCategory === 'ExpectedError' ? 'warning' : 'danger'}>{row.participantEndReason}/{row.participantEndSubCode}</Badge></TableCell>
                    <TableCell>{row.endMessage}</TableCell>
                    <TableCell>{[row.sdkVersion, row.osVersion].filter((part) => part !== undefined).join(' · ') || '–'}</TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </TableScroller>
        </Section>
      )}
    </>
  );
}

const milliseconds = (value: number): string => (value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`);

function averageAndMax(average: number | undefined, max: number | undefined, format: (value: number) => string): string {
  if (average === undefined) return max === undefined ? '–' : `max ${format(max)}`;
  return max === undefined ? format(average) : `${format(average)} (max ${format(max)})`;
}

function videoOf({ mediaType, recvResolutionHeight, videoFrameRateAvg, videoBitRateAvg }: CallDiagnostics): string {
  if (mediaType === 'Audio') return '';
  const parts = [
    recvResolutionHeight === undefined ? undefined : `${recvResolutionHeight}p`,
    videoFrameRateAvg === undefined ? undefined : `${Math.round(videoFrameRateAvg)} fps`,
    videoBitRateAvg === undefined ? undefined : formatBitrate(videoBitRateAvg),
  ];
  return parts.filter((part) => part !== undefined).join(' · ') || '–';
}
