import { Button, Field, Input, makeStyles, Text, tokens } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { DialingPolicy } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { useFormRow } from '../telephony/form-row.ts';
import { SimpleTable } from '../telephony/simple-table.tsx';
import { faultOfPrefixes, readPrefixes } from './number-prefixes.ts';
import type { ChangePolicy } from './policy-page.tsx';

const useStyles = makeStyles({ note: { color: tokens.colorNeutralForeground3 } });

interface RatesProps {
  readonly policy: DialingPolicy;
  readonly onChange: ChangePolicy;
}

/** What a minute costs, by how the number begins. */
export function RatesSection({ policy, onChange }: RatesProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const { currency, incomingRatePerMinute, rates } = policy;
  const remove = (prefix: string): void => run(() => onChange((latest) => ({ ...latest, rates: latest.rates.filter((rate) => rate.prefix !== prefix) })));
  const rows = rates.map(({ prefix, perMinute }) => ({
    key: prefix,
    cells: [prefix, `${perMinute} ${currency}`, <Button key="delete" size="small" icon={<DeleteRegular />} aria-label={`Delete the rate of ${prefix}`} onClick={() => remove(prefix)} />],
  }));
  return (
    <Section title="Rates">
      <Text size={200} className={styles.note}>For each started minute; the longest beginning that fits counts, and what fits none is free. They make the money of limits and of telephone usage, and nobody is billed by them.</Text>
      <SimpleTable label="Rates" heads={['Numbers that begin with', 'A minute', '']} empty="No rate yet: calls out count as free." rows={rows} />
      <NewRate onAdd={(prefix, perMinute) => onChange((latest) => ({ ...latest, rates: [...latest.rates.filter((rate) => rate.prefix !== prefix), { prefix, perMinute }] }))} />
      <IncomingRate key={`${currency} ${incomingRatePerMinute}`} policy={policy} onChange={onChange} />
    </Section>
  );
}

function NewRate({ onAdd }: { readonly onAdd: (prefix: string, perMinute: number) => Promise<void> }): ReactNode {
  const { row } = useFormRow();
  const run = useCommand();
  const [prefix, setPrefix] = useState('');
  const [rate, setRate] = useState('');
  const read = readPrefixes(prefix);
  const fault = faultOfPrefixes(read) ?? (read.ok && read.prefixes.length > 1 ? 'One beginning at a time.' : undefined);
  const perMinute = amountOf(rate);
  const add = (): void => run(async () => {
    if (perMinute === undefined) return;
    await onAdd(prefix.trim(), perMinute);
    setPrefix('');
    setRate('');
  });
  return (
    <div className={row} role="group" aria-label="New rate">
      <Field label="Numbers that begin with" {...(fault === undefined ? {} : { validationMessage: fault })}><Input value={prefix} placeholder="+1" inputMode="tel" onChange={(_, { value }) => setPrefix(value)} /></Field>
      <Field label="A minute costs"><Input value={rate} placeholder="0.02" inputMode="decimal" onChange={(_, { value }) => setRate(value)} /></Field>
      <Button appearance="primary" disabled={fault !== undefined || prefix.trim() === '' || perMinute === undefined} onClick={add}>Add the rate</Button>
    </div>
  );
}

function IncomingRate({ policy, onChange }: RatesProps): ReactNode {
  const { row } = useFormRow();
  const run = useCommand();
  const [rate, setRate] = useState(String(policy.incomingRatePerMinute));
  const [currency, setCurrency] = useState(policy.currency);
  const perMinute = amountOf(rate);
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  const isChanged = perMinute !== policy.incomingRatePerMinute || currency !== policy.currency;
  const save = (): void => run(async () => {
    if (perMinute !== undefined) await onChange((latest) => ({ ...latest, currency, incomingRatePerMinute: perMinute }));
  });
  return (
    <div className={row} role="group" aria-label="Incoming calls and currency">
      <Field label="A minute of a call that comes in" {...(perMinute === undefined ? { validationMessage: 'A number from 0 on.' } : {})}><Input value={rate} inputMode="decimal" onChange={(_, { value }) => setRate(value)} /></Field>
      <Field label="Currency (ISO 4217)" {...(isCurrency ? {} : { validationMessage: 'Three letters, such as EUR.' })}><Input value={currency} maxLength={3} onChange={(_, { value }) => setCurrency(value.toUpperCase())} /></Field>
      <Button disabled={!isChanged || perMinute === undefined || !isCurrency} onClick={save}>Save</Button>
    </div>
  );
}

/** Money as it is typed, at most 10,000; `undefined` for what is none. */
function amountOf(text: string): number | undefined {
  const amount = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(amount) || amount < 0 || amount > 10_000 ? undefined : amount;
}
