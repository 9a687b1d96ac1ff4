/**
 * Runs in a page (so it is text: the rest of the project knows no browser): the texts with less than 4.5 to 1 between
 * them and their ground. See https://www.w3.org/TR/WCAG22/#contrast-minimum.
 */
export const FAINT_TEXTS = String.raw`(() => {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    if (node === null) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(node).backgroundColor;
    const [, , , alpha = 1] = channels(color);
    return alpha === 1 ? color : ground(node.parentElement);
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    const text = node.textContent.trim();
    if (!parent.checkVisibility() || text === '') continue;
    if (parent.closest('script, style, .faint, .none, option') !== null) continue;
    const [a, b] = [light(getComputedStyle(parent).color), light(ground(parent))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (!(ratio >= 4.5)) faint.add((parent.className || parent.tagName) + ': ' + text.slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return [...faint];
})()`;
