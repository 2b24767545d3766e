import { Badge, type BadgeProps, Button, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { DialPlan, RouteStep } from '@dialplane/calling-api';
import { useId, useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

/** Where a number would go, and why: every rule that was looked at, with its verdict. Nobody is called. */
export function RouteTestSection({ operatorApi, ownNumbers }: { readonly operatorApi: ApiClient; readonly ownNumbers: readonly string[] }): ReactNode {
  const { row } = useFormRow();
  const listId = useId();
  const run = useCommand();
  const [number, setNumber] = useState('');
  const [callerId, setCallerId] = useState('');
  const [plan, setPlan] = useState<DialPlan>();
  const [firstOwn] = ownNumbers;
  const shown = callerId === '' ? firstOwn : callerId;
  const ask = (): void => run(async () => setPlan(await operatorApi('testVoiceRoutes', { body: { number, ...(shown === undefined ? {} : { callerId: shown }) } })));
  return (
    <Section title="Where would this number go, and why?">
      <div className={row} role="group" aria-label="Route test">
        <Field label="Number to call"><Input value={number} placeholder="+1 425 555 0123" onChange={(_, { value }) => setNumber(value)} onKeyDown={({ key }) => key === 'Enter' && number !== '' && ask()} /></Field>
        <Field label="Shown as"><Input value={callerId} list={listId} placeholder={firstOwn ?? '+1 425 555 0100'} onChange={(_, { value }) => setCallerId(value)} onKeyDown={({ key }) => key === 'Enter' && number !== '' && ask()} /></Field>
        <datalist id={listId}>{ownNumbers.map((each) => <option key={each} value={each}>{each}</option>)}</datalist>
        <Button appearance="primary" disabled={number === ''} onClick={ask}>Ask</Button>
      </div>
      {plan === undefined ? null : <Plan plan={plan} />}
    </Section>
  );
}

const ruleNames: Readonly<Record<RouteStep['rule'], string>> = {
  number: 'Number', emergency: 'Emergency number', allowedPrefixes: 'Allowed beginnings', barredPrefixes: 'Barred beginnings', premium: 'Premium number', callerId: 'Caller id',
  trunks: 'Trunks', route: 'Route', trunk: 'Trunk', limit: 'Limit',
};
const verdicts = {
  passed: { text: 'passed', color: 'informative' }, matched: { text: 'matches', color: 'success' }, notMatched: { text: 'does not match', color: 'subtle' },
  skipped: { text: 'skipped', color: 'subtle' }, refused: { text: 'refused', color: 'danger' },
} as const satisfies Record<RouteStep['verdict'], { readonly text: string; readonly color: BadgeProps['color'] }>;

function Plan({ plan: { decision, why, candidates, steps } }: { readonly plan: DialPlan }): ReactNode {
  const tried = candidates.map(({ trunk, number }) => `${number} at ${trunk}`).join(', then ');
  return (
    <>
      <MessageBar intent={decision === 'route' ? 'success' : 'warning'} layout="multiline"><MessageBarBody>{why}{tried === '' ? '' : ` Tried: ${tried}.`}</MessageBarBody></MessageBar>
      <SimpleTable
        label="Rules" heads={['Rule', 'Verdict', 'Why']} empty="No rule was looked at."
        rows={steps.map(({ rule, name, verdict, why: reason }, index) => ({ key: `${index} ${rule}`, cells: [name === undefined ? ruleNames[rule] : `${ruleNames[rule]} ${name}`, <Badge key="verdict" appearance="tint" color={verdicts[verdict].color}>{verdicts[verdict].text}</Badge>, reason] }))}
      />
    </>
  );
}
