/** Hands text to the browser as a file. */
export function downloadText(name: string, type: 'application/json' | 'text/csv', text: string): void {
  downloadBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));
}

/** Hands bytes to the browser as a file. */
export function downloadBytes(name: string, bytes: Uint8Array): void {
  downloadBlob(name, new Blob([new Uint8Array(bytes)], { type: 'application/octet-stream' }));
}

function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
