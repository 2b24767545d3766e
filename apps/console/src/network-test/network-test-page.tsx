import { Badge, Button, makeStyles, MessageBar, MessageBarBody, MessageBarTitle, Spinner, Table, TableBody, TableCell, TableHeader, TableHeaderCell, TableRow, Text } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import { useState, type ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { useSession } from '../session/use-session.tsx';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Page, Section } from '../shell/page.tsx';
import { TableScroller } from '../shell/table-scroller.tsx';
import { downloadText } from '../text/download.ts';
import { reportText, type NetworkReport, type ReportRow } from './network-report.ts';
import { runNetworkTest } from './run-network-test.ts';

const useStyles = makeStyles({
  lead: { maxWidth: '72ch', margin: 0 },
  table: { minWidth: '640px', tableLayout: 'auto' },
});

const intents = { good: 'success', limited: 'warning', bad: 'error' } as const;
const badges = {
  works: { text: 'Works', color: 'success' },
  blocked: { text: 'Blocked', color: 'danger' },
  unknown: { text: 'Unknown', color: 'informative' },
  yes: { text: 'Yes', color: 'warning' },
  no: { text: 'No', color: 'success' },
} as const satisfies Record<ReportRow['verdict'], unknown>;

/** Which ways lead from this browser to the server, and what that means for calls. */
export function NetworkTestPage(): ReactNode {
  const styles = useStyles();
  const { api } = useSession();
  const [round, setRound] = useState(1);
  const test = useQuery(`network ${round}`, async (signal) => runNetworkTest(await api('getNetworkConfiguration', {}, signal), signal));
  return (
    <Page title="Network test" actions={<Button appearance="primary" disabled={test.isLoading} onClick={() => setRound((last) => last + 1)}>Test again</Button>}>
      <Text as="p" className={styles.lead}>What gets through between this browser and the server: UDP, TCP and TLS, IPv4 and IPv6, and what kind of address translation is in between. Nobody else is asked.</Text>
      {test.error === undefined ? null : <FailureBar error={test.error} onRetry={test.reload} />}
      {test.isLoading ? <Spinner label="Testing: up to a quarter of a minute where something is blocked" /> : null}
      {test.value === undefined || test.isLoading ? null : <Report report={test.value} />}
    </Page>
  );
}

function Report({ report }: { readonly report: NetworkReport }): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  return (
    <>
      <MessageBar intent={intents[report.verdict]} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{report.summary}</MessageBarTitle>
          {report.remedy}
        </MessageBarBody>
      </MessageBar>
      <Section
        title="What was tried"
        actions={
          <>
            <Button icon={<CopyRegular />} onClick={() => run(() => navigator.clipboard.writeText(reportText(report)))}>Copy</Button>
            <Button icon={<ArrowDownloadRegular />} onClick={() => downloadText('network-test.json', 'application/json', JSON.stringify(report, undefined, 2))}>JSON</Button>
          </>
        }
      >
        <TableScroller label="Ways to the server">
          <Table size="small" className={styles.table} aria-label="Ways to the server">
            <TableHeader><TableRow>{['What', 'Verdict', 'Seen'].map((head) => <TableHeaderCell key={head}>{head}</TableHeaderCell>)}</TableRow></TableHeader>
            <TableBody>{report.rows.map((row) => <Row key={row.what} row={row} />)}</TableBody>
          </Table>
        </TableScroller>
      </Section>
    </>
  );
}

function Row({ row: { what, verdict, sentence } }: { readonly row: ReportRow }): ReactNode {
  return (
    <TableRow>
      <TableCell>{what}</TableCell>
      <TableCell><Badge appearance="tint" color={badges[verdict].color}>{badges[verdict].text}</Badge></TableCell>
      <TableCell>{sentence}</TableCell>
    </TableRow>
  );
}
