import { Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useQuery } from '../api/use-query.ts';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { CallListTable } from '../calls/call-list-table.tsx';
import { hrefOf } from '../routes/route.ts';
import { useSession } from '../session/use-session.tsx';
import { Page, Section } from '../shell/page.tsx';
import { DevicePanel } from './device-panel.tsx';
import { DialPad } from './dial-pad.tsx';
import { GroupSection } from './group-section.tsx';
import { PeopleList } from './people-list.tsx';

const useStyles = makeStyles({
  columns: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 340px', gap: '32px', alignItems: 'start', '@media (max-width: 1023px)': { gridTemplateColumns: 'minmax(0, 1fr)', gap: '24px' } },
  column: { display: 'grid', gap: '32px', gridTemplateColumns: 'minmax(0, 1fr)' },
});

/** Where calls begin: people, recent calls, devices. */
export function HomePage(): ReactNode {
  const styles = useStyles();
  const { api, session } = useSession();
  const { startCall, calls } = useCalling();
  const run = useCommand();
  const recent = useQuery(`recent ${calls.length}`, (signal) => api('listCalls', { query: { limit: 6 } }, signal));
  const entries = recent.value?.value ?? [];
  return (
    <Page title="Call">
      <div className={styles.columns}>
        <div className={styles.column}>
          <PeopleList />
          <DialPad />
          <GroupSection />
          <Section title="Recent" actions={entries.length === 0 ? undefined : <Link href={hrefOf({ screen: 'calls' })}>All calls</Link>}>
            {entries.length === 0 ? <Text style={{ color: tokens.colorNeutralForeground3 }}>Your calls will stand here, each with its call flow.</Text> : (
              <CallListTable calls={entries} self={session?.identifier} onCall={(identifier) => run(() => startCall(identifier, false))} />
            )}
          </Section>
        </div>
        <DevicePanel />
      </div>
    </Page>
  );
}
