import { Button, Field, Input, Spinner } from '@fluentui/react-components';
import { ArrowDownRegular } from '@fluentui/react-icons/svg/arrow-down';
import { ArrowUpRegular } from '@fluentui/react-icons/svg/arrow-up';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { VoiceRoute } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

/** Voice routes in their order: the first whose pattern is found in the number decides which trunks are tried. */
export function RoutesSection({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const run = useCommand();
  const query = useQuery('routes', (signal) => operatorApi('getVoiceRoutes', {}, signal));
  const routes = query.value?.routes ?? [];
  const replace = (changed: readonly VoiceRoute[]): void => run(async () => {
    await operatorApi('replaceVoiceRoutes', { body: { routes: [...changed] } });
    query.reload();
  });
  const move = (index: number, by: -1 | 1): void => {
    const [moved] = routes.slice(index, index + 1);
    if (moved !== undefined) replace(routes.toSpliced(index, 1).toSpliced(index + by, 0, moved));
  };
  const cellsOf = ({ name, numberPattern, trunks }: VoiceRoute, index: number): readonly ReactNode[] => [
    name, <code key="pattern">{numberPattern}</code>, trunks.join(', '),
    <span key="order">
      <Button size="small" icon={<ArrowUpRegular />} aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => move(index, -1)} />
      <Button size="small" icon={<ArrowDownRegular />} aria-label={`Move ${name} down`} disabled={index === routes.length - 1} onClick={() => move(index, 1)} />
      <Button size="small" icon={<DeleteRegular />} aria-label={`Delete ${name}`} onClick={() => replace(routes.toSpliced(index, 1))} />
    </span>,
  ];
  return (
    <Section title="Voice routes">
      {query.error === undefined ? null : <FailureBar error={query.error} onRetry={query.reload} />}
      {query.value === undefined ? <Spinner label="Loading the routes" /> : (
        <SimpleTable label="Voice routes" heads={['Route', 'Pattern', 'Trunks, in random order', '']} empty="No route yet: nobody can be called." rows={routes.map((route, index) => ({ key: route.name, cells: cellsOf(route, index) }))} />
      )}
      <NewRoute onAdd={(route) => replace([...routes, route])} />
    </Section>
  );
}

function NewRoute({ onAdd }: { readonly onAdd: (route: VoiceRoute) => void }): ReactNode {
  const { row, wide } = useFormRow();
  const [name, setName] = useState('');
  const [numberPattern, setPattern] = useState('^\\+');
  const [trunks, setTrunks] = useState('');
  const fault = faultOf(numberPattern);
  return (
    <div className={row}>
      <Field label="Name"><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Pattern, looked for in +…" {...(fault === undefined ? {} : { validationMessage: fault })}><Input value={numberPattern} onChange={(_, { value }) => setPattern(value)} /></Field>
      <Field label="Trunks, separated by spaces" className={wide}><Input value={trunks} placeholder="sbc.example.com" onChange={(_, { value }) => setTrunks(value)} /></Field>
      <Button appearance="primary" disabled={name === '' || fault !== undefined || trunks.trim() === ''} onClick={() => onAdd({ name, numberPattern, trunks: trunks.trim().split(/[\s,]+/) })}>Add the route</Button>
    </div>
  );
}

/** What is wrong with a pattern, as far as the browser knows; the server takes fewer. */
function faultOf(pattern: string): string | undefined {
  try {
    return pattern === '' || new RegExp(pattern, 'u').source === '' ? 'A pattern is needed.' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
