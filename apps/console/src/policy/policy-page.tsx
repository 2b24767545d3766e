import { Link, makeStyles, Spinner, Text } from '@fluentui/react-components';
import type { CallLimits, DialingPolicy } from '@dialplane/calling-api';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { StartedWith } from '../operator/started-with.tsx';
import { hrefOf } from '../routes/route.ts';
import { FailureBar } from '../shell/failure-bar.tsx';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page, Section } from '../shell/page.tsx';
import { RouteTestSection } from '../telephony/route-test-section.tsx';
import { settingsOf } from '../telephony/trunk-settings.ts';
import { useDirectory } from '../telephony/use-directory.ts';
import { CallerIdsSection } from './caller-ids-section.tsx';
import { LimitUseSection } from './limit-use-section.tsx';
import { LimitsSection } from './limits-section.tsx';
import { NumberRulesSection } from './number-rules-section.tsx';
import { RatesSection } from './rates-section.tsx';

const useStyles = makeStyles({ prose: { maxWidth: '72ch' } });

/** Options of the server that bound telephone calls, too. */
const telephoneOptions = ['sip', 'sip-strangers', 'trunk-ports', 'media-processes', 'webhooks', 'telephone-usage-retention-days'];

/** Changes part of the policy, which is stored as a whole. Rejects with the server's refusal. */
export type ChangePolicy = (change: (policy: DialingPolicy) => DialingPolicy) => Promise<void>;

/** Who may be called, what callers are shown, how much may be telephoned and what it costs: the guard against toll fraud, for operators. */
export function PolicyPage(): ReactNode {
  return (
    <Page title="Limits and dialing policy" actions={<Link href={hrefOf({ screen: 'telephony' })}>Trunks, numbers and routes</Link>}>
      <OperatorsOnly>{(operatorApi) => <Sections operatorApi={operatorApi} />}</OperatorsOnly>
    </Page>
  );
}

function Sections({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const styles = useStyles();
  const directory = useDirectory();
  const policy = useQuery('policy', (signal) => operatorApi('getDialingPolicy', {}, signal));
  const numbers = useQuery('numbers', (signal) => operatorApi('listTelephoneNumbers', {}, signal)).value?.value ?? [];
  const trunks = useQuery('trunks', (signal) => operatorApi('listTrunks', {}, signal));
  const change: ChangePolicy = async (changed) => {
    await operatorApi('replaceDialingPolicy', { body: changed(await operatorApi('getDialingPolicy', {})) });
    policy.reload();
  };
  const limitTrunk = async (name: string, limits: CallLimits): Promise<void> => {
    const trunk = (await operatorApi('listTrunks', {})).value.find((each) => each.name === name);
    if (trunk !== undefined) await operatorApi('putTrunk', { params: { trunk: name }, body: { ...settingsOf(trunk), limits } });
    trunks.reload();
  };
  if (policy.value === undefined) return policy.error === undefined ? <Spinner label="Loading the policy" /> : <FailureBar error={policy.error} onRetry={policy.reload} />;
  return (
    <>
      <Text className={styles.prose}>
        Every call to a telephone passes these rules, whoever makes it: a browser, a SIP phone, an application. A call that is refused says which rule refused it. What is changed here holds from the next call on; a limit of the day ends calls that run into it.
      </Text>
      <NumberRulesSection policy={policy.value} onChange={change} />
      <CallerIdsSection policy={policy.value} numbers={numbers} onChange={change} />
      <LimitsSection policy={policy.value} trunks={trunks.value?.value ?? []} onChange={change} onLimitTrunk={limitTrunk} />
      <LimitUseSection operatorApi={operatorApi} directory={directory} />
      <RatesSection policy={policy.value} onChange={change} />
      <RouteTestSection operatorApi={operatorApi} ownNumbers={numbers.map(({ number }) => number)} />
      <Section title="Chosen when the server is started">
        <Text className={styles.prose}>These hold until the next start: <code>./dialplane up --option value</code>.</Text>
        <StartedWith operatorApi={operatorApi} names={telephoneOptions} />
      </Section>
    </>
  );
}
