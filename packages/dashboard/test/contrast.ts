import type { Page } from "playwright-core";

/** Every text of a view whose contrast with its ground is below `least`: `2.9 quiet text`. */
export function poorContrasts(page: Page, least: number): Promise<readonly string[]> {
  // Runs in the browser, which has a DOM that this project's types do not know.
  return page.evaluate(`(${measure})(${least})`);
}

const measure = `(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { r, g, b, a: a / 255 };
  };
  const over = (top, under, alpha = top.a) => Object.fromEntries(["r", "g", "b"].map((c) => [c, top[c] * alpha + under[c] * (1 - alpha)]));
  const light = ({ r, g, b }) => {
    const [R, G, B] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const chain = (element) => (element ? [...chain(element.parentElement), element] : []);
  const ground = (element) => chain(element).reduce((under, one) => {
    const top = rgba(getComputedStyle(one).backgroundColor);
    return { ...over(top, under), a: 1 };
  }, rgba("Canvas"));
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (words === "" || !element.checkVisibility() || element.closest(".sr, .said, template, script, title")) continue;
    const style = getComputedStyle(element);
    const opacity = chain(element).reduce((product, one) => product * Number(getComputedStyle(one).opacity), 1);
    const under = ground(element);
    const ink = rgba(element.closest("svg") ? style.fill : style.color);
    const seen = over(ink, under, ink.a * opacity);
    const [a, b] = [light(seen), light(under)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) poor.push(ratio.toFixed(2) + " " + words);
  }
  return poor;
}`;
