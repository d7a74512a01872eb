// The tokens and the ground rules come first, so that what a part says about itself wins.
import './theme/tokens.css';
import './theme/base.css';
import './theme/print.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyPrefs } from './frame/prefs.ts';

applyPrefs();
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(<App />);
