import { Badge, Button, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { DialPlan } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useCommand } from '../calling/use-command.ts';
import { Section } from '../shell/page.tsx';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

/** Where a number would go, and why: every rule that was looked at, with its verdict. Nobody is called. */
export function RouteTestSection({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const { row } = useFormRow();
  const run = useCommand();
  const [number, setNumber] = useState('');
  const [callerId, setCallerId] = useState('');
  const [plan, setPlan] = useState<DialPlan>();
  const ask = (): void => run(async () => setPlan(await operatorApi('testVoiceRoutes', { body: { number, ...(callerId === '' ? {} : { callerId }) } })));
  return (
    <Section title="Where would this number go, and why?">
      <div className={row}>
        <Field label="Number to call"><Input value={number} placeholder="+1 425 555 0123" onChange={(_, { value }) => setNumber(value)} onKeyDown={({ key }) => key === 'Enter' && number !== '' && ask()} /></Field>
        <Field label="Shown as"><Input value={callerId} placeholder="+1 425 555 0100" onChange={(_, { value }) => setCallerId(value)} /></Field>
        <Button appearance="primary" disabled={number === ''} onClick={ask}>Ask</Button>
      </div>
      {plan === undefined ? null : <Plan plan={plan} />}
    </Section>
  );
}

function Plan({ plan: { decision, why, candidates, steps } }: { readonly plan: DialPlan }): ReactNode {
  const tried = candidates.map(({ trunk, number }) => `${number} at ${trunk}`).join(', then ');
  return (
    <>
      <MessageBar intent={decision === 'route' ? 'success' : 'warning'} layout="multiline"><MessageBarBody>{why}{tried === '' ? '' : ` Tried: ${tried}.`}</MessageBarBody></MessageBar>
      <SimpleTable
        label="Rules" heads={['Rule', 'Verdict', 'Why']} empty="No rule was looked at."
        rows={steps.map(({ rule, name, verdict, why: reason }, index) => ({ key: `${index} ${rule}`, cells: [name === undefined ? rule : `${rule} ${name}`, <Badge key="verdict" appearance="tint" color={verdict === 'refused' ? 'danger' : verdict === 'matched' ? 'success' : 'informative'}>{verdict}</Badge>, reason] }))}
      />
    </>
  );
}
