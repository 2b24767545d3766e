import { Link } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useQuery } from '../api/use-query.ts';
import { hrefOf } from '../routes/route.ts';
import { OperatorsOnly } from '../shell/operators-only.tsx';
import { Page } from '../shell/page.tsx';
import { NumbersSection } from './numbers-section.tsx';
import { RouteTestSection } from './route-test-section.tsx';
import { RoutesSection } from './routes-section.tsx';
import { SipPhonesSection } from './sip-phones-section.tsx';
import { TelephoneUsageSection } from './telephone-usage-section.tsx';
import { TrunksSection } from './trunks-section.tsx';
import { useDirectory } from './use-directory.ts';

const healthRefreshMs = 5000;

/** Carriers, numbers, routes and SIP phones, and what was telephoned; for operators. */
export function TelephonyPage(): ReactNode {
  return (
    <Page title="Telephony" actions={<><Link href={hrefOf({ screen: 'policy' })}>Limits and dialing policy</Link><Link href={hrefOf({ screen: 'subscriptions' })}>Event subscriptions</Link></>}>
      <OperatorsOnly>{(operatorApi) => <Sections operatorApi={operatorApi} />}</OperatorsOnly>
    </Page>
  );
}

function Sections({ operatorApi }: { readonly operatorApi: ApiClient }): ReactNode {
  const directory = useDirectory();
  const trunks = useQuery('trunks', (signal) => operatorApi('listTrunks', {}, signal), { refreshMs: healthRefreshMs });
  const numbers = useQuery('numbers', (signal) => operatorApi('listTelephoneNumbers', {}, signal));
  const trunkNames = (trunks.value?.value ?? []).map(({ name }) => name);
  return (
    <>
      <TrunksSection operatorApi={operatorApi} trunks={trunks} />
      <NumbersSection operatorApi={operatorApi} numbers={numbers} trunkNames={trunkNames} directory={directory} />
      <RoutesSection operatorApi={operatorApi} trunkNames={trunkNames} />
      <RouteTestSection operatorApi={operatorApi} ownNumbers={(numbers.value?.value ?? []).map(({ number }) => number)} />
      <SipPhonesSection operatorApi={operatorApi} directory={directory} />
      <TelephoneUsageSection operatorApi={operatorApi} directory={directory} />
    </>
  );
}
