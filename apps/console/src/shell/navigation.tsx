import { Avatar, Button, makeStyles, Menu, MenuDivider, MenuGroup, MenuGroupHeader, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, mergeClasses, Text, tokens } from '@fluentui/react-components';
import { CallFilled, CallRegular } from '@fluentui/react-icons/svg/call';
import { ConferenceRoomFilled, ConferenceRoomRegular } from '@fluentui/react-icons/svg/conference-room';
import { DataUsageFilled, DataUsageRegular } from '@fluentui/react-icons/svg/data-usage';
import { GlobeFilled, GlobeRegular } from '@fluentui/react-icons/svg/globe';
import { HistoryFilled, HistoryRegular } from '@fluentui/react-icons/svg/history';
import { InfoFilled, InfoRegular } from '@fluentui/react-icons/svg/info';
import { KeyFilled, KeyRegular } from '@fluentui/react-icons/svg/key';
import { PhoneFilled, PhoneRegular } from '@fluentui/react-icons/svg/phone';
import { SignOutRegular } from '@fluentui/react-icons/svg/sign-out';
import { CopyRegular } from '@fluentui/react-icons/svg/copy';
import type { ReactNode } from 'react';
import { useCalling } from '../calling/calling-context.tsx';
import { useCommand } from '../calling/use-command.ts';
import { hrefOf, type Route } from '../routes/route.ts';
import { navigate } from '../routes/use-route.ts';
import { useSession } from '../session/use-session.tsx';
import { useAppearance, type Appearance } from '../theme/use-appearance.tsx';
import { useIsNarrow } from './use-is-narrow.ts';
import { Wordmark } from './wordmark.tsx';

const useStyles = makeStyles({
  nav: {
    gridArea: 'nav', display: 'flex', flexDirection: 'column', alignItems: 'center', gap: '4px', padding: '16px 0', backgroundColor: tokens.colorNeutralBackground3, borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    '@media (max-width: 719px)': { flexDirection: 'row', justifyContent: 'space-around', padding: '6px 4px calc(6px + env(safe-area-inset-bottom))', borderRight: 'none', borderTop: `1px solid ${tokens.colorNeutralStroke2}` }, '@media print': { display: 'none' },
  },
  mark: { marginBottom: '16px', '@media (max-width: 719px)': { display: 'none' } },
  item: {
    width: '72px', display: 'grid', justifyItems: 'center', gap: '2px', padding: '8px 0', borderRadius: tokens.borderRadiusLarge, textDecorationLine: 'none', color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200,
    ':hover': { backgroundColor: tokens.colorNeutralBackground3Hover }, ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '2px' }, '@media (max-width: 719px)': { width: 'auto', flex: '1 1 0', minWidth: 0, padding: '6px 0', fontSize: tokens.fontSizeBase100 },
  },
  current: { color: tokens.colorBrandForeground1, backgroundColor: tokens.colorNeutralBackground1, fontWeight: tokens.fontWeightSemibold },
  space: { flexGrow: 1, '@media (max-width: 719px)': { display: 'none' } },
  account: { minWidth: '44px', width: '76px', padding: '4px 0', display: 'grid', justifyItems: 'center', gap: '2px', fontWeight: tokens.fontWeightRegular, fontSize: tokens.fontSizeBase100, lineHeight: tokens.lineHeightBase100, '@media (max-width: 719px)': { width: '44px', height: '44px', padding: 0, borderRadius: '50%' } },
  name: { maxWidth: '100%', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', '@media (max-width: 719px)': { display: 'none' } },
});

const items = [
  { route: { screen: 'call' }, name: 'Call', icon: <CallRegular fontSize={22} />, iconCurrent: <CallFilled fontSize={22} /> },
  { route: { screen: 'calls' }, name: 'Calls', icon: <HistoryRegular fontSize={22} />, iconCurrent: <HistoryFilled fontSize={22} /> },
  { route: { screen: 'network' }, name: 'Network', icon: <GlobeRegular fontSize={22} />, iconCurrent: <GlobeFilled fontSize={22} /> },
  { route: { screen: 'usage' }, name: 'Usage', icon: <DataUsageRegular fontSize={22} />, iconCurrent: <DataUsageFilled fontSize={22} /> },
  { route: { screen: 'rooms' }, name: 'Rooms', icon: <ConferenceRoomRegular fontSize={22} />, iconCurrent: <ConferenceRoomFilled fontSize={22} /> },
  { route: { screen: 'telephony' }, name: 'Telephony', icon: <PhoneRegular fontSize={22} />, iconCurrent: <PhoneFilled fontSize={22} /> },
  { route: { screen: 'operator' }, name: 'Operator', icon: <KeyRegular fontSize={22} />, iconCurrent: <KeyFilled fontSize={22} /> },
  { route: { screen: 'about' }, name: 'About', icon: <InfoRegular fontSize={22} />, iconCurrent: <InfoFilled fontSize={22} /> },
] as const;
const forOperators: ReadonlySet<string> = new Set(['Usage', 'Rooms', 'Telephony', 'Operator']);

/** The screens, and who is signed in: at the side on a desk, below on a phone, where operators find one of the screens in their menu. */
export function Navigation({ route }: { readonly route: Route }): ReactNode {
  const styles = useStyles();
  const { operatorToken } = useSession();
  const isNarrow = useIsNarrow();
  const current = route.screen === 'flow' ? 'calls' : route.screen === 'policy' || route.screen === 'subscriptions' ? 'telephony' : route.screen === 'room' ? 'rooms' : route.screen;
  const isShown = (name: string): boolean => (operatorToken === undefined ? !forOperators.has(name) : !(isNarrow && name === 'About'));
  return (
    <nav className={styles.nav} aria-label="Console">
      <span className={styles.mark}><Wordmark size={36} isMarkOnly /></span>
      {items.filter(({ name }) => isShown(name)).map(({ route: target, name, icon, iconCurrent }) => {
        const isCurrent = target.screen === current;
        return (
          <a key={name} href={hrefOf(target)} className={mergeClasses(styles.item, isCurrent && styles.current)} aria-current={isCurrent ? 'page' : undefined}>
            {isCurrent ? iconCurrent : icon}
            {name}
          </a>
        );
      })}
      <span className={styles.space} />
      <AccountMenu />
    </nav>
  );
}

function AccountMenu(): ReactNode {
  const styles = useStyles();
  const { session, operatorToken, signOut } = useSession();
  const { isOnline } = useCalling();
  const run = useCommand();
  const { appearance, choose } = useAppearance();
  if (session === undefined) return null;
  return (
    <Menu checkedValues={{ appearance: [appearance] }} onCheckedValueChange={(_, { checkedItems: [item] }) => choose((item ?? 'system') as Appearance)}>
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" className={styles.account} aria-label={`Signed in as ${session.displayName}; appearance and sign-out`}>
          <Avatar size={36} color="brand" badge={{ status: isOnline ? 'available' : 'offline' }} aria-hidden />
          <span className={styles.name}>{session.displayName}</span>
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{session.displayName}{operatorToken === undefined ? '' : ' (operator)'}</MenuGroupHeader>
            <MenuItem icon={<CopyRegular />} onClick={() => run(() => navigator.clipboard.writeText(session.identifier))}><Text block truncate wrap={false} style={{ maxWidth: 220 }}>Copy {session.identifier}</Text></MenuItem>
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Appearance</MenuGroupHeader>
            <MenuItemRadio name="appearance" value="system">As the system</MenuItemRadio>
            <MenuItemRadio name="appearance" value="light">Light</MenuItemRadio>
            <MenuItemRadio name="appearance" value="dark">Dark</MenuItemRadio>
          </MenuGroup>
          <MenuDivider />
          <MenuItem icon={<InfoRegular />} onClick={() => navigate({ screen: 'about' })}>About and help</MenuItem>
          <MenuItem icon={<SignOutRegular />} onClick={signOut}>Sign out</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
