import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useSession } from '../session/use-session.tsx';
import { Page } from '../shell/page.tsx';
import { NumbersSection } from './numbers-section.tsx';
import { RouteTestSection } from './route-test-section.tsx';
import { RoutesSection } from './routes-section.tsx';
import { SipPhonesSection } from './sip-phones-section.tsx';
import { TelephoneUsageSection } from './telephone-usage-section.tsx';
import { TrunksSection } from './trunks-section.tsx';

/** Carriers, numbers, routes and SIP phones, and what was telephoned; for operators. */
export function TelephonyPage(): ReactNode {
  const { operatorApi } = useSession();
  return (
    <Page title="Telephony">
      {operatorApi === undefined ? (
        <MessageBar intent="info" layout="multiline"><MessageBarBody>You are not signed in as an operator. Use the operator link that the server prints at its start, or ask an operator for one.</MessageBarBody></MessageBar>
      ) : (
        <>
          <TrunksSection operatorApi={operatorApi} />
          <NumbersSection operatorApi={operatorApi} />
          <RoutesSection operatorApi={operatorApi} />
          <RouteTestSection operatorApi={operatorApi} />
          <SipPhonesSection operatorApi={operatorApi} />
          <TelephoneUsageSection operatorApi={operatorApi} />
        </>
      )}
    </Page>
  );
}
