import { tokens } from '@fluentui/react-components';
import type { FlowCategory } from './flow-category.ts';

/** Each follows the theme; every one has a contrast of 4.5:1 and more on the page's background, light and dark. */
export const categoryColors: Readonly<Record<FlowCategory, string>> = {
  request: tokens.colorBrandForeground1,
  event: tokens.colorPaletteBlueBorderActive,
  state: tokens.colorNeutralForeground2,
  negotiation: tokens.colorPaletteGrapeBorderActive,
  sip: tokens.colorPaletteTealBorderActive,
  ice: tokens.colorPaletteBrownBorderActive,
  media: tokens.colorPaletteGreenForeground1,
  decision: tokens.colorPaletteMagentaBorderActive,
  end: tokens.colorPaletteRedForeground1,
};
