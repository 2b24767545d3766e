import { tokens } from '@fluentui/react-components';
import type { FlowCategory } from './flow-category.ts';

/** Each follows the theme; every one has a contrast of 4.5:1 and more on the page's background, light and dark. */
export const categoryColors: Readonly<Record<FlowCategory, string>> = {
  request: tokens.colorBrandForeground1,
  event: tokens.colorPaletteBlueForeground2,
  state: tokens.colorNeutralForeground2,
  negotiation: tokens.colorPaletteGrapeForeground2,
  ice: tokens.colorPaletteBrownForeground2,
  media: tokens.colorPaletteGreenForeground1,
  decision: tokens.colorPaletteMagentaForeground2,
  end: tokens.colorPaletteRedForeground1,
};
