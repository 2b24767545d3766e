import { Button, Card, Field, Input, makeStyles, Switch, Text, Textarea, tokens } from '@fluentui/react-components';
import type { DialingPolicy } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { faultOfPrefixes, readPrefixes } from './number-prefixes.ts';
import type { ChangePolicy } from './policy-page.tsx';

const useStyles = makeStyles({
  card: { padding: '20px', display: 'grid', gap: '16px', gridTemplateColumns: 'minmax(0, 1fr)', justifyItems: 'start', maxWidth: '720px', '& .fui-Field': { width: '100%' } },
  country: { width: '96px' },
  note: { color: tokens.colorNeutralForeground3 },
});

interface NumberRulesProps {
  readonly policy: DialingPolicy;
  readonly onChange: ChangePolicy;
}

/** Which numbers may be called at all. */
export function NumberRulesSection({ policy, onChange }: NumberRulesProps): ReactNode {
  const { homeCountry, allowedPrefixes, barredPrefixes } = policy;
  return <Section title="Numbers that may be called"><NumberRules key={JSON.stringify([homeCountry, allowedPrefixes, barredPrefixes])} policy={policy} onChange={onChange} /></Section>;
}

function NumberRules({ policy, onChange }: NumberRulesProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [before] = useState(() => ({ country: policy.homeCountry ?? '', allowed: policy.allowedPrefixes.join(' '), barred: policy.barredPrefixes.join(' ') }));
  const [country, setCountry] = useState(before.country);
  const [allowed, setAllowed] = useState(before.allowed);
  const [barred, setBarred] = useState(before.barred);
  const countryName = nameOfCountry(country);
  const [readAllowed, readBarred] = [readPrefixes(allowed), readPrefixes(barred)];
  const isChanged = country !== before.country || allowed !== before.allowed || barred !== before.barred;
  const save = (): void => run(async () => {
    if (!readAllowed.ok || !readBarred.ok) return;
    await onChange(({ homeCountry: _before, ...rest }) => ({ ...rest, allowedPrefixes: [...readAllowed.prefixes], barredPrefixes: [...readBarred.prefixes], ...(country === '' ? {} : { homeCountry: country }) }));
  });
  const premium = (isAllowed: boolean): void => run(() => onChange((latest) => ({ ...latest, premiumNumbers: isAllowed ? 'allowed' : 'barred' })));
  return (
    <Card className={styles.card}>
      <Switch label="Premium numbers may be called" checked={policy.premiumNumbers === 'allowed'} onChange={(_, { checked }) => premium(checked)} />
      <Text size={200} className={styles.note}>Premium rate, shared cost and personal numbers, satellite and international networks: where toll fraud earns its money.</Text>
      <Field label="Home country" {...(countryName === undefined ? { validationMessage: 'Two letters, such as US or DE (ISO 3166-1).' } : {})} hint={`${country === '' ? 'None: only numbers with + can be called.' : `${countryName ?? ''}: numbers without + are read as numbers from there.`}`}>
        <Input className={styles.country} value={country} maxLength={2} placeholder="US" onChange={(_, { value }) => setCountry(value.toUpperCase())} />
      </Field>
      <Prefixes label="Only numbers that begin with" hint="Empty: whatever is not barred. Otherwise nothing else is called." text={allowed} fault={faultOfPrefixes(readAllowed)} onChange={setAllowed} />
      <Prefixes label="Never numbers that begin with" hint="Stronger than the list above." text={barred} fault={faultOfPrefixes(readBarred)} onChange={setBarred} />
      <Button appearance="primary" disabled={!isChanged || countryName === undefined || !readAllowed.ok || !readBarred.ok} onClick={save}>Save the rules</Button>
      <Text size={200} className={styles.note}>Emergency numbers are always refused: this server knows neither where people are nor which centre serves them. Call them from a telephone.</Text>
    </Card>
  );
}

interface PrefixesProps {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly fault: string | undefined;
  readonly onChange: (text: string) => void;
}

function Prefixes({ label, hint, text, fault, onChange }: PrefixesProps): ReactNode {
  return (
    <Field label={label} hint={hint} {...(fault === undefined ? {} : { validationMessage: fault })}>
      <Textarea value={text} placeholder="+1 +44 +4930" resize="vertical" onChange={(_, { value }) => onChange(value)} />
    </Field>
  );
}

/** In the words of the browser's language; empty for no country, `undefined` for what is none. */
function nameOfCountry(code: string): string | undefined {
  if (code === '') return '';
  if (!/^[A-Z]{2}$/.test(code)) return undefined;
  return new Intl.DisplayNames(undefined, { type: 'region', fallback: 'none' }).of(code);
}
