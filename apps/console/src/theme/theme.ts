import { createDarkTheme, createLightTheme, type BrandVariants, type Theme } from '@fluentui/react-components';

/** From ink to mist around the teal of the mark; white on 80 has a contrast of 5:1. */
const brand: BrandVariants = {
  10: '#01191c', 20: '#06292e', 30: '#073a41', 40: '#084952', 50: '#095862', 60: '#0a6773', 70: '#0a717d', 80: '#0b7a87',
  90: '#2b8d99', 100: '#4a9fa9', 110: '#67b0b9', 120: '#84c1c9', 130: '#a1d2d8', 140: '#bfe2e6', 150: '#d5edf0', 160: '#ebf7f8',
};

export const lightTheme: Theme = createLightTheme(brand);

export const darkTheme: Theme = {
  ...createDarkTheme(brand),
  colorBrandForeground1: brand[110],
  colorBrandForeground2: brand[120],
};
