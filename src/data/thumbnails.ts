/** The first training images of each class as RGBA; large images are made smaller by averaging whole blocks of pixels. */
import type { Dataset, DatasetSummary } from './dataset.ts';

type Thumbnails = DatasetSummary['thumbnails'];

const perClass = 8;
const sideMost = 64;
/** Over all classes: a set of a thousand classes shows fewer of each. */
const imagesMost = 1024;

export function thumbnailsOf(dataset: Dataset): Thumbnails {
  const { height, width } = dataset;
  const shrink = Math.ceil(Math.max(height, width) / sideMost);
  const [smallHeight, smallWidth] = [Math.floor(height / shrink), Math.floor(width / shrink)];
  const classes = dataset.classNames.length;
  const each = Math.max(1, Math.min(perClass, Math.floor(imagesMost / classes)));
  return firstOfEach(dataset, each).map((images, classIndex) => {
    const rgba = new Uint8ClampedArray(images.length * smallHeight * smallWidth * 4);
    images.forEach((image, place) =>
      draw(dataset, image, shrink, smallHeight, smallWidth, rgba.subarray(place * smallHeight * smallWidth * 4)),
    );
    return { classIndex, count: images.length, height: smallHeight, width: smallWidth, rgba };
  });
}

/** Up to `each` training images of every class, by index; of a multi-label set, images that carry the label. */
function firstOfEach(dataset: Dataset, each: number): number[][] {
  const classes = dataset.classNames.length;
  const found = dataset.classNames.map((): number[] => []);
  const { labels, count } = dataset.splits.train;
  let full = 0;
  const add = (image: number, classIndex: number): void => {
    const images = found[classIndex];
    if (images === undefined || images.length >= each) return;
    images.push(image);
    if (images.length === each) full++;
  };
  for (let image = 0; image < count && full < classes; image++) {
    if (dataset.task !== 'multi-label') add(image, labels[image] as number);
    else for (let label = 0; label < classes; label++) if (labels[image * classes + label] === 1) add(image, label);
  }
  return found;
}

function draw(dataset: Dataset, image: number, shrink: number, height: number, width: number, rgba: Uint8ClampedArray): void {
  const { channels } = dataset;
  const pixels = dataset.splits.train.images;
  const from = image * dataset.height * dataset.width * channels;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let part = 0; part < 3; part++) {
        let sum = 0;
        for (let row = y * shrink; row < (y + 1) * shrink; row++) {
          for (let column = x * shrink; column < (x + 1) * shrink; column++) {
            sum += pixels[from + (row * dataset.width + column) * channels + (channels === 3 ? part : 0)] as number;
          }
        }
        rgba[(y * width + x) * 4 + part] = sum / (shrink * shrink);
      }
      rgba[(y * width + x) * 4 + 3] = 255;
    }
  }
}
