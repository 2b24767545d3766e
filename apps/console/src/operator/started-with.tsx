import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { SimpleTable } from '../telephony/simple-table.tsx';

const useStyles = makeStyles({ name: { whiteSpace: 'nowrap' }, note: { color: tokens.colorNeutralForeground3 } });

interface StartedWithProps {
  readonly operatorApi: ApiClient;
  /** Which options are shown; without them all. */
  readonly names?: readonly string[];
}

/** Options that hold until the next start: what they are, and what they mean. */
export function StartedWith({ operatorApi, names }: StartedWithProps): ReactNode {
  const styles = useStyles();
  const options = useQuery('server options', (signal) => operatorApi('listServerOptions', {}, signal));
  if (options.error !== undefined) return <FailureBar error={options.error} onRetry={options.reload} />;
  if (options.value === undefined) return <Spinner label="Loading the options" />;
  const shown = options.value.value.filter(({ name }) => names?.includes(name) ?? true);
  return (
    <SimpleTable
      label="Options" heads={['Option', 'In force', 'Meaning']} empty="No option."
      rows={shown.map(({ name, value, isPreset, description }) => ({
        key: name, words: `${name} ${value ?? ''}`,
        cells: [<code key="name" className={styles.name}>--{name}</code>, <span key="value">{value ?? 'none'} {isPreset ? <Text size={200} className={styles.note}>preset</Text> : null}</span>, description],
      }))}
    />
  );
}
