import { shapePaths } from '../ui/shapes.ts';

/** Colours of our own map layers; the alarm colours are those of the page. */
export const mapColours = {
  light: {
    dot: '#77828b',
    dotEdge: '#ffffff',
    halo: '#ffffff',
    ink: '#18222a',
    selectedIn: '#ffffff',
    selectedOut: '#000000',
    p1: ['#c8102e', '#ffffff', '#ffffff'],
    p2: ['#e36f00', '#1c1300', '#7a3b00'],
    p3: ['#f2c200', '#1c1300', '#6b5600'],
    p4: ['#1f6fc4', '#ffffff', '#ffffff'],
    stale: '#7b4fb0',
    ground: '#f5f5f1',
  },
  dark: {
    dot: '#7c8a95',
    dotEdge: '#161d24',
    halo: '#0b0f13',
    ink: '#e8eef3',
    selectedIn: '#ffffff',
    selectedOut: '#000000',
    p1: ['#ff4d5e', '#16070a', '#0b0f13'],
    p2: ['#ffa726', '#1c1300', '#0b0f13'],
    p3: ['#f5d33b', '#1c1300', '#0b0f13'],
    p4: ['#5ab0ff', '#07131f', '#0b0f13'],
    stale: '#b48be0',
    ground: '#161d24',
  },
} as const;

export interface AlarmImage {
  readonly name: string;
  readonly data: ImageData;
  readonly pixelRatio: number;
}

const font = '"Noto Sans SC","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif';
const ratio = 3;
const size = 24;

/** All symbols of a theme as images: shape, colour and digit; hollow ones for alarms that returned unacknowledged. */
export function alarmImages(theme: 'light' | 'dark'): AlarmImage[] {
  const images: AlarmImage[] = [];
  for (const rank of [1, 2, 3, 4] as const) {
    images.push(drawn(`p${rank}`, (canvas) => priority(canvas, rank, theme, false)));
    images.push(drawn(`p${rank}-hollow`, (canvas) => priority(canvas, rank, theme, true)));
  }
  images.push(drawn('stale', (canvas) => stale(canvas, theme)));
  return images;
}

function drawn(name: string, draw: (canvas: CanvasRenderingContext2D) => void): AlarmImage {
  const element = document.createElement('canvas');
  element.width = element.height = size * ratio;
  const canvas = element.getContext('2d');
  if (!canvas) throw new Error('this browser has no 2D canvas to draw the alarm shapes on');
  canvas.scale(ratio, ratio);
  canvas.translate(2, 2);
  draw(canvas);
  return { name, data: canvas.getImageData(0, 0, element.width, element.height), pixelRatio: ratio };
}

function priority(
  canvas: CanvasRenderingContext2D,
  rank: 1 | 2 | 3 | 4,
  theme: 'light' | 'dark',
  hollow: boolean,
): void {
  const colours = mapColours[theme];
  const [fill, digit, edge] = colours[`p${rank}`];
  const shape = shapePaths[rank];
  if (!shape) return;
  const path = new Path2D(shape.path);
  canvas.lineJoin = 'round';
  canvas.strokeStyle = edge;
  canvas.lineWidth = hollow ? 5 : 2.4;
  canvas.stroke(path);
  canvas.fillStyle = hollow ? colours.ground : fill;
  canvas.fill(path);
  if (hollow) {
    canvas.strokeStyle = fill;
    canvas.lineWidth = 2.2;
    canvas.stroke(path);
  }
  canvas.fillStyle = hollow ? colours.ink : digit;
  canvas.font = `700 11.5px ${font}`;
  canvas.textAlign = 'center';
  canvas.fillText(String(rank), 10, shape.baseline + 0.2);
}

function stale(canvas: CanvasRenderingContext2D, theme: 'light' | 'dark'): void {
  const colours = mapColours[theme];
  canvas.fillStyle = colours.ground;
  canvas.globalAlpha = 0.85;
  canvas.beginPath();
  canvas.arc(10, 10, 7, 0, Math.PI * 2);
  canvas.fill();
  canvas.globalAlpha = 1;
  canvas.strokeStyle = colours.stale;
  canvas.lineWidth = 1.6;
  canvas.setLineDash([2.4, 2]);
  canvas.stroke();
  canvas.fillStyle = colours.stale;
  canvas.font = `700 10px ${font}`;
  canvas.textAlign = 'center';
  canvas.fillText('?', 10, 13.6);
}
