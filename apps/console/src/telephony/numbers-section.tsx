import { Button, makeStyles, Spinner } from '@fluentui/react-components';
import { EditRegular } from '@fluentui/react-icons/svg/edit';
import type { DirectoryEntry, NumberTarget, OperationBody, TelephoneNumber, TelephoneNumberList } from '@dialplane/calling-api';
import { useState, type ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import type { Query } from '../api/use-query.ts';
import { useCommand } from '../calling/use-command.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { Section } from '../shell/page.tsx';
import { ConfirmedDelete } from './confirmed-delete.tsx';
import { nameInDirectory } from './named-people.ts';
import { callingTexts, NumberForm } from './number-form.tsx';
import { SimpleTable, type SimpleRow } from './simple-table.tsx';

const useStyles = makeStyles({ actions: { display: 'inline-flex', gap: '4px' } });

const stateTexts: Readonly<Record<TelephoneNumber['state'], string>> = { owned: 'in use', pool: 'to be claimed' };

interface NumbersSectionProps {
  readonly operatorApi: ApiClient;
  readonly numbers: Query<TelephoneNumberList>;
  readonly trunkNames: readonly string[];
  readonly directory: readonly DirectoryEntry[];
}

/** The numbers of this server, and where calls to them go. */
export function NumbersSection({ operatorApi, numbers, trunkNames, directory }: NumbersSectionProps): ReactNode {
  const styles = useStyles();
  const run = useCommand();
  const [edited, setEdited] = useState<TelephoneNumber>();
  const put = async (number: string, body: OperationBody<'putTelephoneNumber'>): Promise<void> => {
    await operatorApi('putTelephoneNumber', { params: { number }, body });
    setEdited(undefined);
    numbers.reload();
  };
  const remove = (number: string): void => run(async () => {
    await operatorApi('deleteTelephoneNumber', { params: { number } });
    numbers.reload();
  });
  const rowOf = (each: TelephoneNumber): SimpleRow => ({
    key: each.number,
    cells: [
      each.number, targetText(each.target, directory), each.trunk ?? 'any trunk', callingTexts[each.calling], stateTexts[each.state],
      <span key="actions" className={styles.actions}>
        <Button size="small" icon={<EditRegular />} aria-label={`Change ${each.number}`} onClick={() => setEdited(each)} />
        <ConfirmedDelete name={each.number} consequence={`Calls to ${each.number} are refused, and nobody can be shown it any more.`} onDelete={() => remove(each.number)} />
      </span>,
    ],
  });
  return (
    <Section title="Numbers">
      {numbers.error === undefined ? null : <FailureBar error={numbers.error} onRetry={numbers.reload} />}
      {numbers.value === undefined ? <Spinner label="Loading the numbers" /> : (
        <SimpleTable label="Numbers" heads={['Number', 'Calls go to', 'Trunk', 'Calling', 'State', '']} empty="No number yet: nobody can be shown one of yours, and nobody can call in." rows={numbers.value.value.map(rowOf)} />
      )}
      <NumberForm key={edited?.number ?? ''} edited={edited} trunkNames={trunkNames} directory={directory} onPut={put} />
    </Section>
  );
}

function targetText(target: NumberTarget, directory: readonly DirectoryEntry[]): string {
  switch (target.kind) {
    case 'users':
      return target.identifiers.map((identifier) => nameInDirectory(identifier, directory)).join(', ');
    case 'group':
      return `group ${target.groupId}`;
    case 'webhook':
      return target.url;
    case 'none':
      return 'nobody';
  }
}
