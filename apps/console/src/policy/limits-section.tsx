import { Button, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { CallLimits, DialingPolicy, Trunk } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { ConfirmedDelete } from '../telephony/confirmed-delete.tsx';
import { useFormRow } from '../telephony/form-row.ts';
import { SimpleTable, type SimpleRow } from '../telephony/simple-table.tsx';
import { isLimit, limitKinds, limitTitles, readLimits, textsOf, withLimits, withoutPrefix, type LimitedScope, type LimitKind, type LimitTexts } from './limit-draft.ts';
import { faultOfPrefixes, readPrefixes } from './number-prefixes.ts';
import type { ChangePolicy } from './policy-page.tsx';

const useStyles = makeStyles({
  scope: { display: 'grid', gap: '2px', padding: '6px 0', minWidth: '180px' },
  note: { color: tokens.colorNeutralForeground3 },
  input: { width: '104px', minWidth: 0, '& input': { width: '100%', minWidth: 0 } },
  actions: { display: 'inline-flex', gap: '4px' },
});

interface LimitsSectionProps {
  readonly policy: DialingPolicy;
  readonly trunks: readonly Trunk[];
  readonly onChange: ChangePolicy;
  readonly onLimitTrunk: (name: string, limits: CallLimits) => Promise<void>;
}

interface LimitRow {
  readonly scope: LimitedScope;
  readonly title: string;
  /** For what it is there. */
  readonly why: string;
  readonly limits: CallLimits;
}

/** How much may be telephoned: by everybody together, and by each number, person and trunk. */
export function LimitsSection({ policy, trunks, onChange, onLimitTrunk }: LimitsSectionProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [drafts, setDrafts] = useState<ReadonlyMap<string, LimitTexts>>(new Map());
  const forget = (title: string): void => setDrafts((old) => new Map([...old].filter(([key]) => key !== title)));
  const save = ({ scope, title }: LimitRow, limits: CallLimits): void => run(async () => {
    await (scope.kind === 'trunk' ? onLimitTrunk(scope.name, limits) : onChange((latest) => withLimits(latest, scope, limits)));
    forget(title);
  });
  const remove = (name: string): void => run(() => onChange((latest) => withoutPrefix(latest, name)));
  const simpleRow = (row: LimitRow): SimpleRow => {
    const { scope, title, why } = row;
    const before = textsOf(row.limits);
    const texts = drafts.get(title) ?? before;
    const limits = readLimits(texts);
    const isChanged = limitKinds.some((kind) => texts[kind] !== before[kind]);
    const type = (kind: LimitKind, text: string): void => setDrafts((old) => new Map(old).set(title, { ...texts, [kind]: text }));
    return {
      key: title, words: title,
      cells: [
        <span key="scope" className={styles.scope}>{title}<Text size={200} className={styles.note}>{why}</Text></span>,
        ...limitKinds.map((kind) => (
          <Input key={kind} size="small" className={styles.input} value={texts[kind]} placeholder="no limit" inputMode="decimal" aria-label={`${title}: ${limitTitles[kind]}`} aria-invalid={!isLimit(kind, texts[kind])} onChange={(_, { value }) => type(kind, value)} />
        )),
        <span key="actions" className={styles.actions}>
          <Button size="small" aria-label={`Save the limits: ${title}`} disabled={!isChanged || limits === undefined} onClick={() => limits !== undefined && save(row, limits)}>Save</Button>
          {scope.kind === 'prefix' ? <ConfirmedDelete name={title} consequence={`Calls to ${scope.name}… are limited as all others are.`} onDelete={() => remove(scope.name)} /> : null}
        </span>,
      ],
    };
  };
  return (
    <Section title="Limits">
      <Text size={200} className={styles.note}>Empty is without limit. Of a call, every limit that applies to it counts. Days are those of UTC; money is by the rates below.</Text>
      <SimpleTable label="Limits" heads={['For', ...limitKinds.map((kind) => (kind === 'costPerDay' ? `${limitTitles[kind]}, ${policy.currency}` : limitTitles[kind])), '']} empty="" rows={rowsOf(policy, trunks).map(simpleRow)} />
      <NewPrefixLimit known={policy.limits.byPrefix.map(({ prefix }) => prefix)} onAdd={(prefix, limits) => onChange((latest) => withLimits(latest, { kind: 'prefix', name: prefix }, limits))} />
    </Section>
  );
}

function rowsOf({ limits }: DialingPolicy, trunks: readonly Trunk[]): readonly LimitRow[] {
  return [
    { scope: { kind: 'resource' }, title: 'Everybody together', why: 'What this server can cost at most.', limits: limits.resource },
    { scope: { kind: 'perUser' }, title: 'Each person', why: 'What a stolen token or password can cost.', limits: limits.perUser },
    { scope: { kind: 'perNumber' }, title: 'Each number of yours', why: 'Calls that show it, and calls that come in for it.', limits: limits.perNumber },
    ...trunks.map(({ name, limits: own }): LimitRow => ({ scope: { kind: 'trunk', name }, title: `Trunk ${name}`, why: 'What the carrier takes; a full trunk is left out, and the next one tried.', limits: own })),
    ...limits.byPrefix.map(({ prefix, limits: own }): LimitRow => ({ scope: { kind: 'prefix', name: prefix }, title: `Numbers that begin with ${prefix}`, why: 'Calls to them, whoever makes them.', limits: own })),
  ];
}

function NewPrefixLimit({ known, onAdd }: { readonly known: readonly string[]; readonly onAdd: (prefix: string, limits: CallLimits) => Promise<void> }): ReactNode {
  const { row } = useFormRow();
  const run = useCommand();
  const [prefix, setPrefix] = useState('');
  const [calls, setCalls] = useState('');
  const read = readPrefixes(prefix);
  const fault = faultOfPrefixes(read) ?? (read.ok && read.prefixes.length > 1 ? 'One beginning at a time.' : known.includes(prefix.trim()) ? 'There are limits for it already.' : undefined);
  const isReady = fault === undefined && prefix.trim() !== '' && calls !== '' && isLimit('concurrentCalls', calls);
  const add = (): void => run(async () => {
    await onAdd(prefix.trim(), { concurrentCalls: Number(calls) });
    setPrefix('');
    setCalls('');
  });
  return (
    <div className={row} role="group" aria-label="New limit">
      <Field label="Numbers that begin with" {...(fault === undefined ? {} : { validationMessage: fault })}><Input value={prefix} placeholder="+49" inputMode="tel" onChange={(_, { value }) => setPrefix(value)} /></Field>
      <Field label="Calls at a time"><Input value={calls} placeholder="10" inputMode="numeric" onChange={(_, { value }) => setCalls(value.replace(/\D/g, ''))} /></Field>
      <Button appearance="primary" disabled={!isReady} onClick={add}>Add the limit</Button>
    </div>
  );
}
