import { makeStyles, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components';
import type { CallFlow } from '@dialplane/calling-api';
import { useMemo, type ReactNode } from 'react';
import { Section } from '../shell/page.tsx';
import { TableScroller } from '../shell/table-scroller.tsx';
import { formatOffset } from '../text/duration.ts';
import { formatBitrate, formatCount, formatRatio } from '../text/quantity.ts';
import { legRows, mediaCourse, type LegRow } from './media-course.ts';

const useStyles = makeStyles({
  table: { minWidth: '680px', tableLayout: 'auto' },
  numeric: { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
});

/** The media part of a group call's flow: which process served it, in which mode, what was switched when and why, and how each connection did. */
export function MediaProcessorSection({ flow, titles }: { readonly flow: CallFlow; readonly titles: ReadonlyMap<string, string> }): ReactNode {
  const styles = useStyles();
  const turns = useMemo(() => mediaCourse(flow), [flow]);
  const legs = useMemo(() => legRows(flow), [flow]);
  if (turns.length === 0) return null;
  return (
    <Section title="Media processor">
      <TableScroller label="Decisions about media">
        <Table size="small" className={styles.table} aria-label="Decisions about media">
          <TableHeader>
            <TableRow>{['At', 'For', 'What', 'Why'].map((name) => <TableHeaderCell key={name}>{name}</TableHeaderCell>)}</TableRow>
          </TableHeader>
          <TableBody>
            {turns.map(({ sequence, atMs, laneId, what, why }) => (
              <TableRow key={sequence}>
                <TableCell className={styles.numeric}>{formatOffset(atMs)} s</TableCell>
                <TableCell>{laneId === undefined ? 'everybody' : (titles.get(laneId) ?? laneId)}</TableCell>
                <TableCell>{what}</TableCell>
                <TableCell>{why}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableScroller>
      {legs.length === 0 ? null : <LegTable legs={legs} titles={titles} />}
    </Section>
  );
}

function LegTable({ legs, titles }: { readonly legs: readonly LegRow[]; readonly titles: ReadonlyMap<string, string> }): ReactNode {
  const styles = useStyles();
  return (
    <TableScroller label="Connections as the media processor saw them">
      <Table size="small" className={styles.table} aria-label="Connections as the media processor saw them">
        <TableHeader>
          <TableRow>{['Connection of', 'Received', 'Sent', 'Round trip', 'Line takes', 'Reported'].map((name) => <TableHeaderCell key={name}>{name}</TableHeaderCell>)}</TableRow>
        </TableHeader>
        <TableBody>
          {legs.map(({ laneId, report }) => (
            <TableRow key={report.mediaSessionId}>
              <TableCell>{titles.get(laneId) ?? laneId}</TableCell>
              <TableCell className={styles.numeric}>{directionText(report.received)}</TableCell>
              <TableCell className={styles.numeric}>{directionText(report.sent)}</TableCell>
              <TableCell className={styles.numeric}>{report.roundTripMs === undefined ? '–' : `${report.roundTripMs.toFixed(1)} ms`}</TableCell>
              <TableCell className={styles.numeric}>{report.estimatedBps === undefined ? '–' : formatBitrate(report.estimatedBps)}</TableCell>
              <TableCell>{report.why}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableScroller>
  );
}

function directionText({ packets, lost, jitterMs }: LegRow['report']['received']): string {
  const loss = packets + lost === 0 ? 0 : Math.max(0, lost) / (packets + Math.max(0, lost));
  return `${formatCount(packets, 'packet')}, ${formatRatio(loss)} lost, ${Math.round(jitterMs)} ms jitter`;
}
