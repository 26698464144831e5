// The composer's page. The server builds the body; these small parts only keep the person's hands undisturbed.
import "./composer-asking.js";
import "./composer-controls.js";
import "./composer-links.js";
import "./composer-run.js";
import "./composer-files.js";
import "./composer-chooser.js";
import "./composer-painter.js";
import "./composer-prompts.js";
import "./composer-draft.js";
import "./dismiss.js";
