import { makeStyles } from '@fluentui/react-components';

/** Fields and the button that takes them, side by side where there is room. */
export const useFormRow = makeStyles({ row: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'end' }, wide: { flex: '1 1 260px', minWidth: 0 } });
