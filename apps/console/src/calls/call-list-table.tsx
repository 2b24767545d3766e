import { Badge, Button, Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CallRegular } from '@fluentui/react-icons/svg/call';
import { CallInboundRegular } from '@fluentui/react-icons/svg/call-inbound';
import { CallMissedRegular } from '@fluentui/react-icons/svg/call-missed';
import { CallOutboundRegular } from '@fluentui/react-icons/svg/call-outbound';
import type { CallListEntry } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import { hrefOf } from '../routes/route.ts';
import { formatDuration } from '../text/duration.ts';
import { personName } from '../text/person.ts';

const useStyles = makeStyles({
  list: { listStyleType: 'none', margin: 0, padding: 0, borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1, overflow: 'hidden' },
  row: { display: 'grid', gridTemplateColumns: '20px minmax(0, 1fr) auto', gap: '4px 12px', alignItems: 'center', padding: '10px 16px', '& + &': { borderTop: `1px solid ${tokens.colorNeutralStroke3}` }, '&:hover': { backgroundColor: tokens.colorNeutralBackground1Hover } },
  who: { display: 'flex', flexWrap: 'wrap', gap: '2px 8px', alignItems: 'baseline', minWidth: 0 },
  sentence: { gridColumn: 2, color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, overflowWrap: 'anywhere' },
  when: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
  end: { gridRow: '1 / span 2', gridColumn: 3, display: 'flex', gap: '8px', alignItems: 'center' },
  failed: { color: tokens.colorPaletteRedForeground1 },
});

interface CallListTableProps {
  readonly calls: readonly CallListEntry[];
  /** Whose list it is: decides who the other side is. Without it both sides are named. */
  readonly self: string | undefined;
  readonly onCall?: (identifier: string) => void;
}

/** Calls, newest first: with whom, when, what became of it, and the way to its flow. */
export function CallListTable({ calls, self, onCall }: CallListTableProps): ReactNode {
  const styles = useStyles();
  return (
    <ul className={styles.list}>
      {calls.map((call) => {
        const isOutgoing = call.caller.identifier === self;
        const others = otherSide(call, self);
        const other = others[0];
        const isFailed = call.resultCategory !== undefined && call.resultCategory !== 'Success';
        return (
          <li key={call.callId} className={styles.row}>
            {self !== undefined && isFailed ? <CallMissedRegular fontSize={20} className={styles.failed} aria-label="Not successful" /> : isOutgoing || self === undefined ? <CallOutboundRegular fontSize={20} aria-label="Outgoing" /> : <CallInboundRegular fontSize={20} aria-label="Incoming" />}
            <div className={styles.who}>
              <Link href={hrefOf({ screen: 'flow', callId: call.callId })}>
                <Text weight="semibold">{self === undefined ? `${personName(call.caller.identifier, call.caller.displayName)} → ${namesOf(others)}` : namesOf(others)}</Text>
              </Link>
              <span className={styles.when}>{whenText(call)}</span>
              {call.callType === 'Group' ? <Badge appearance="tint" color="informative">Group</Badge> : null}
            </div>
            <span className={styles.sentence}>{call.conclusion}</span>
            <span className={styles.end}>
              {call.endedAt === undefined ? <Badge color="success">Live</Badge> : null}
              {onCall === undefined || other === undefined || self === undefined ? null : (
                <Button appearance="subtle" icon={<CallRegular />} aria-label={`Call ${personName(other.identifier, other.displayName)} again`} onClick={() => onCall(other.identifier)} />
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

type Party = CallListEntry['caller'];

function otherSide(call: CallListEntry, self: string | undefined): readonly Party[] {
  const everybody = [call.caller, ...call.participants];
  const others = everybody.filter(({ identifier }, index) => identifier !== (self ?? call.caller.identifier) && everybody.findIndex((party) => party.identifier === identifier) === index);
  return others.length === 0 ? [call.caller] : others;
}

const namesOf = (parties: readonly Party[]): string => parties.map(({ identifier, displayName }) => personName(identifier, displayName)).join(', ');

function whenText({ startedAt, endedAt }: CallListEntry): string {
  const start = new Date(startedAt);
  const isToday = start.toDateString() === new Date().toDateString();
  const when = isToday ? start.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : start.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  return endedAt === undefined ? when : `${when} · ${formatDuration(Date.parse(endedAt) - start.getTime())}`;
}
