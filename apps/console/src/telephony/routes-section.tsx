import { Button, Dropdown, Field, Input, makeStyles, Option, Spinner } from '@fluentui/react-components';
import { ArrowDownRegular } from '@fluentui/react-icons/svg/arrow-down';
import { ArrowUpRegular } from '@fluentui/react-icons/svg/arrow-up';
import type { VoiceRoute } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { ConfirmedDelete } from './confirmed-delete.tsx';
import { useFormRow } from './form-row.ts';
import { SimpleTable } from './simple-table.tsx';

const useStyles = makeStyles({ actions: { display: 'inline-flex', gap: '4px' } });

interface RoutesSectionProps {
  readonly operatorApi: ApiClient;
  readonly trunkNames: readonly string[];
}

/** Voice routes in their order: the first whose pattern is found in the number decides which trunks are tried. */
export function RoutesSection({ operatorApi, trunkNames }: RoutesSectionProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const query = useQuery('routes', (signal) => operatorApi('getVoiceRoutes', {}, signal));
  const routes = query.value?.routes ?? [];
  const replaceAll = async (changed: readonly VoiceRoute[]): Promise<void> => {
    await operatorApi('replaceVoiceRoutes', { body: { routes: [...changed] } });
    query.reload();
  };
  const replace = (changed: readonly VoiceRoute[]): void => run(() => replaceAll(changed));
  const move = (index: number, by: -1 | 1): void => {
    const [moved] = routes.slice(index, index + 1);
    if (moved !== undefined) replace(routes.toSpliced(index, 1).toSpliced(index + by, 0, moved));
  };
  const cellsOf = ({ name, numberPattern, trunks }: VoiceRoute, index: number): readonly ReactNode[] => [
    name, <code key="pattern">{numberPattern}</code>, trunks.join(', '),
    <span key="order" className={styles.actions}>
      <Button size="small" icon={<ArrowUpRegular />} aria-label={`Move ${name} up`} disabled={index === 0} onClick={() => move(index, -1)} />
      <Button size="small" icon={<ArrowDownRegular />} aria-label={`Move ${name} down`} disabled={index === routes.length - 1} onClick={() => move(index, 1)} />
      <ConfirmedDelete name={name} consequence={`Numbers that ${name} matches go by the routes below it, or nowhere.`} onDelete={() => replace(routes.toSpliced(index, 1))} />
    </span>,
  ];
  return (
    <Section title="Voice routes">
      {query.error === undefined ? null : <FailureBar error={query.error} onRetry={query.reload} />}
      {query.value === undefined ? <Spinner label="Loading the routes" /> : (
        <SimpleTable label="Voice routes" heads={['Route', 'Pattern', 'Trunks, in random order', '']} empty="No route yet: a number goes by the trunk of the caller id that is shown, if that has one." rows={routes.map((route, index) => ({ key: route.name, cells: cellsOf(route, index) }))} />
      )}
      <NewRoute trunkNames={trunkNames} onAdd={(route) => replaceAll([...routes, route])} />
    </Section>
  );
}

function NewRoute({ trunkNames, onAdd }: { readonly trunkNames: readonly string[]; readonly onAdd: (route: VoiceRoute) => Promise<void> }): ReactNode {
  const { row, wide } = useFormRow();
  const run = useCommand();
  const [name, setName] = useState('');
  const [numberPattern, setPattern] = useState('^\\+');
  const [trunks, setTrunks] = useState<readonly string[]>([]);
  const fault = faultOf(numberPattern);
  const add = (): void => run(async () => {
    await onAdd({ name, numberPattern, trunks: [...trunks] });
    setName('');
  });
  return (
    <div className={row} role="group" aria-label="New route">
      <Field label="Name"><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Pattern, looked for in +…" {...(fault === undefined ? {} : { validationMessage: fault })}><Input value={numberPattern} onChange={(_, { value }) => setPattern(value)} /></Field>
      <Field label="Trunks" className={wide}>
        <Dropdown multiselect selectedOptions={[...trunks]} value={trunks.join(', ')} placeholder={trunkNames.length === 0 ? 'Add a trunk first' : 'Choose trunks'} onOptionSelect={(_, { selectedOptions }) => setTrunks(selectedOptions)}>
          {trunkNames.map((each) => <Option key={each} value={each}>{each}</Option>)}
        </Dropdown>
      </Field>
      <Button appearance="primary" disabled={name.trim() === '' || fault !== undefined || trunks.length === 0} onClick={add}>Add the route</Button>
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
