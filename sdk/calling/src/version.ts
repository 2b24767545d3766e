/** The version in package.json; a test holds the two together. */
export const sdkVersion = '1.46.100';
