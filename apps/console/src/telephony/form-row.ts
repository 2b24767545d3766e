import { makeStyles } from '@fluentui/react-components';

/** Fields and the button that takes them, side by side where there is room. Their inputs stand in a line, whatever is said under one of them. */
export const useFormRow = makeStyles({
  row: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'start', '& > *': { maxWidth: '100%', minWidth: 0 }, '& > button': { marginTop: '26px' }, '& .fui-Select, & .fui-Select__select, & .fui-Dropdown': { minWidth: 0, maxWidth: '100%' }, '@media (max-width: 719px)': { '& > .fui-Field': { flexGrow: 1 }, '& > button': { marginTop: 0, alignSelf: 'end' } } },
  wide: { flex: '1 1 200px', minWidth: 0 },
  narrow: { width: '96px', '& .fui-Input, & .fui-Input__input, & .fui-Select__select': { minWidth: 0, width: '100%', boxSizing: 'border-box' } },
});
