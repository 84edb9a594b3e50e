<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>crash</name>
    <message>
        <source>latent-studio ended unexpectedly last time. What is known of it is in %1; it was sent to nobody. latent-studio --safe starts without anything that was remembered.</source>
        <translation>latent-studio endete letztes Mal unerwartet. Was davon bekannt ist, steht in %1; es wurde niemandem geschickt. latent-studio --safe startet ohne alles, was gemerkt wurde.</translation>
    </message>
</context>
<context>
    <name>latent::gui::AiSettings</name>
    <message>
        <source>Looking for devices</source>
        <translation>Geräte werden gesucht</translation>
    </message>
    <message>
        <source>not usable: %1</source>
        <translation>nicht benutzbar: %1</translation>
    </message>
    <message>
        <source>Trying every device; networks are compiled for it the first time</source>
        <translation>Jedes Gerät wird geprüft; Netze werden dafür beim ersten Mal übersetzt</translation>
    </message>
    <message>
        <source>%1 proved</source>
        <translation>%1 bewährt</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1 versagt: %2</translation>
    </message>
    <message>
        <source>%1 %2 s/MP</source>
        <translation>%1 %2 s/MP</translation>
    </message>
    <message>
        <source>%1 is used now</source>
        <translation>%1 wird jetzt benutzt</translation>
    </message>
    <message>
        <source>%1 is not used any more</source>
        <translation>%1 wird nicht mehr benutzt</translation>
    </message>
    <message>
        <source>%1 stays at its version</source>
        <translation>%1 bleibt bei seiner Version</translation>
    </message>
    <message>
        <source>%1 may be updated</source>
        <translation>%1 darf aktualisiert werden</translation>
    </message>
    <message>
        <source>%1 was deleted</source>
        <translation>%1 wurde gelöscht</translation>
    </message>
    <message>
        <source>%1 is whole: every hash is right, and its golden answers came out</source>
        <translation>%1 ist heil: alle Prüfsummen stimmen, und die Probe ergab, was sie soll</translation>
    </message>
    <message>
        <source>%1 was imported</source>
        <translation>%1 wurde importiert</translation>
    </message>
    <message>
        <source>No model is enabled for this task. Choose one in Settings.</source>
        <translation>Für diese Aufgabe ist kein Modell gewählt. Wählen Sie eines in den Einstellungen.</translation>
    </message>
    <message>
        <source>Licence of the weights:</source>
        <translation>Lizenz der Gewichte:</translation>
    </message>
    <message>
        <source>Trained on:</source>
        <translation>Trainiert mit:</translation>
    </message>
    <message>
        <source>Licence of that data:</source>
        <translation>Lizenz dieser Daten:</translation>
    </message>
    <message>
        <source>Openness:</source>
        <translation>Offenheit:</translation>
    </message>
    <message>
        <source>File:</source>
        <translation>Datei:</translation>
    </message>
    <message>
        <source>The policy says:</source>
        <translation>Die Richtlinie sagt:</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>It came from:</source>
        <translation>Es kam von:</translation>
    </message>
    <message>
        <source>Asking the repositories what they have</source>
        <translation>Die Verzeichnisse werden gefragt, was sie haben</translation>
    </message>
    <message numerus="yes">
        <source>The repositories offer %n models</source>
        <translation>
            <numerusform>Die Verzeichnisse bieten %n Modell an</numerusform>
            <numerusform>Die Verzeichnisse bieten %n Modelle an</numerusform>
        </translation>
    </message>
    <message>
        <source>It comes from:</source>
        <translation>Es kommt von:</translation>
    </message>
    <message>
        <source>Size:</source>
        <translation>Größe:</translation>
    </message>
    <message>
        <source>Downloading %1</source>
        <translation>%1 wird heruntergeladen</translation>
    </message>
    <message>
        <source>%1 %2 was installed</source>
        <translation>%1 %2 wurde installiert</translation>
    </message>
    <message>
        <source>%1 was not installed</source>
        <translation>%1 wurde nicht installiert</translation>
    </message>
    <message>
        <source>Looking for a newer %1</source>
        <translation>Ein neueres %1 wird gesucht</translation>
    </message>
    <message>
        <source>%1 is now %2</source>
        <translation>%1 ist jetzt %2</translation>
    </message>
    <message>
        <source>%1 is the newest there is</source>
        <translation>%1 ist das neueste, das es gibt</translation>
    </message>
    <message>
        <source>only weights under %1</source>
        <translation>nur Gewichte unter %1</translation>
    </message>
    <message>
        <source>none of which the data is not stated</source>
        <translation>keine, deren Daten nicht angegeben sind</translation>
    </message>
    <message>
        <source>none trained on data for research only</source>
        <translation>keine mit Daten nur für Forschung</translation>
    </message>
    <message>
        <source>none below a class of openness</source>
        <translation>keine unter einer Klasse der Offenheit</translation>
    </message>
    <message>
        <source>Your policy accepts every model; latent models policy changes it.</source>
        <translation>Ihre Richtlinie nimmt jedes Modell an; latent models policy ändert sie.</translation>
    </message>
    <message>
        <source>Your policy: %1.</source>
        <translation>Ihre Richtlinie: %1.</translation>
    </message>
    <message>
        <source>plug-in</source>
        <translation>Plug-in</translation>
    </message>
</context>
<context>
    <name>latent::gui::CardDialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>latent::gui::KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Taste</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>Was sie tut</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Links, Rechts</translation>
    </message>
    <message>
        <source>the photograph before, after</source>
        <translation>das Foto davor, danach</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>100 % or the whole picture, at the pointer</source>
        <translation>100 % oder das ganze Bild, am Zeiger</translation>
    </message>
    <message>
        <source>+ and -</source>
        <translation>+ und -</translation>
    </message>
    <message>
        <source>larger, smaller, at the pointer</source>
        <translation>größer, kleiner, am Zeiger</translation>
    </message>
    <message>
        <source>\ held</source>
        <translation>\ gehalten</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>L held</source>
        <translation>L gehalten</translation>
    </message>
    <message>
        <source>magnifier</source>
        <translation>Lupe</translation>
    </message>
    <message>
        <source>raw denoise, denoise, upscale</source>
        <translation>Roh entrauschen, Entrauschen, Vergrößern</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Strg+Eingabe</translation>
    </message>
    <message>
        <source>process what is selected</source>
        <translation>verarbeiten, was gewählt ist</translation>
    </message>
    <message>
        <source>Ctrl+P</source>
        <translation>Strg+P</translation>
    </message>
    <message>
        <source>pause the queue, or go on</source>
        <translation>Warteschlange anhalten oder fortsetzen</translation>
    </message>
    <message>
        <source>grid or picture</source>
        <translation>Raster oder Bild</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>ganzer Bildschirm</translation>
    </message>
    <message>
        <source>Tab in the picture</source>
        <translation>Tab im Bild</translation>
    </message>
    <message>
        <source>fold or show the panes</source>
        <translation>Leisten ein- oder ausblenden</translation>
    </message>
    <message>
        <source>to the next pane</source>
        <translation>zur nächsten Leiste</translation>
    </message>
    <message>
        <source>ground around the picture: theme, black, dark, mid, white</source>
        <translation>Grund um das Bild: Thema, schwarz, dunkel, mittel, weiß</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation>Strg+Z, Strg+Umschalt+Z</translation>
    </message>
    <message>
        <source>undo, redo a setting</source>
        <translation>eine Einstellung zurück, wieder vor</translation>
    </message>
    <message>
        <source>Double click on a slider</source>
        <translation>Doppelklick auf einen Regler</translation>
    </message>
    <message>
        <source>its usual value</source>
        <translation>sein üblicher Wert</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Strg+Rad</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Rad</translation>
    </message>
    <message>
        <source>Ctrl+O, Ctrl+Shift+O</source>
        <translation>Strg+O, Strg+Umschalt+O</translation>
    </message>
    <message>
        <source>open a folder, open files</source>
        <translation>Ordner öffnen, Dateien öffnen</translation>
    </message>
    <message>
        <source>Ctrl+F</source>
        <translation>Strg+F</translation>
    </message>
    <message>
        <source>search</source>
        <translation>suchen</translation>
    </message>
    <message>
        <source>Ctrl+Shift+T</source>
        <translation>Strg+Umschalt+T</translation>
    </message>
    <message>
        <source>prepare all thumbnails</source>
        <translation>alle Vorschaubilder vorbereiten</translation>
    </message>
    <message>
        <source>look at the folder again</source>
        <translation>den Ordner neu ansehen</translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation>Strg+,</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>diese Liste</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>restore, mask, erase</source>
        <translation>restaurieren, Maske, entfernen</translation>
    </message>
    <message>
        <source>mask: click, box, brush</source>
        <translation>Maske: Klick, Rahmen, Pinsel</translation>
    </message>
    <message>
        <source>Alt+click, right click</source>
        <translation>Alt+Klick, Rechtsklick</translation>
    </message>
    <message>
        <source>mask: what is not the object&apos;s</source>
        <translation>Maske: was nicht zum Objekt gehört</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Umschalt+Ziehen</translation>
    </message>
    <message>
        <source>mask: a box</source>
        <translation>Maske: ein Rahmen</translation>
    </message>
    <message>
        <source>mask: a thinner, a wider brush</source>
        <translation>Maske: Pinsel schmaler, breiter</translation>
    </message>
    <message>
        <source>mask: another object</source>
        <translation>Maske: noch ein Objekt</translation>
    </message>
    <message>
        <source>mask: blue, dark around it, alone</source>
        <translation>Maske: blau, ringsum dunkel, allein</translation>
    </message>
    <message>
        <source>Enter, Esc</source>
        <translation>Eingabe, Esc</translation>
    </message>
    <message>
        <source>mask: use it, leave</source>
        <translation>Maske: benutzen, verlassen</translation>
    </message>
    <message>
        <source>compare two selected photographs, or a result with its source</source>
        <translation>zwei gewählte Fotos vergleichen, oder ein Ergebnis mit seiner Quelle</translation>
    </message>
    <message>
        <source>erase: find shadows of dust</source>
        <translation>Entfernen: Staubschatten suchen</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Pos1, Ende</translation>
    </message>
    <message>
        <source>the first, the last photograph</source>
        <translation>das erste, das letzte Foto</translation>
    </message>
    <message>
        <source>divider, side by side, after only, difference</source>
        <translation>Teiler, nebeneinander, nur nachher, Unterschied</translation>
    </message>
</context>
<context>
    <name>latent::gui::LibraryModel</name>
    <message>
        <source>preparing thumbnails, %1 of %2</source>
        <translation>Vorschaubilder entstehen, %1 von %2</translation>
    </message>
    <message>
        <source>reading files, %1 of %2</source>
        <translation>Dateien werden gelesen, %1 von %2</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>nicht lesbar</translation>
    </message>
    <message>
        <source>ISO %1</source>
        <translation>ISO %1</translation>
    </message>
    <message>
        <source>noisy</source>
        <translation>verrauscht</translation>
    </message>
    <message>
        <source>small</source>
        <translation>klein</translation>
    </message>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n Stern</numerusform>
            <numerusform>%n Sterne</numerusform>
        </translation>
    </message>
    <message>
        <source>being processed</source>
        <translation>wird verarbeitet</translation>
    </message>
    <message>
        <source>in the queue</source>
        <translation>in der Warteschlange</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>processed</source>
        <translation>verarbeitet</translation>
    </message>
    <message>
        <source>The catalogue cannot be written: %1</source>
        <translation>Der Katalog lässt sich nicht schreiben: %1</translation>
    </message>
</context>
<context>
    <name>latent::gui::MainWindow</name>
    <message>
        <source>latent studio</source>
        <translation>latent studio</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Verbessern</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>All photographs, or one of them (G)</source>
        <translation>Alle Fotos oder eines davon (G)</translation>
    </message>
    <message>
        <source>Search name, camera, ISO</source>
        <translation>Name, Kamera, ISO suchen</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Bright or dark surroundings</source>
        <translation>Helle oder dunkle Umgebung</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Devices, models, screen, language (Ctrl+,)</source>
        <translation>Geräte, Modelle, Bildschirm, Sprache (Strg+,)</translation>
    </message>
    <message>
        <source>The list of keys (F1)</source>
        <translation>Die Liste der Tasten (F1)</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Divider</source>
        <translation>Teiler</translation>
    </message>
    <message>
        <source>How before and after are shown ( | )</source>
        <translation>Wie vorher und nachher gezeigt werden ( | )</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Ganz</translation>
    </message>
    <message>
        <source>The whole picture (Space)</source>
        <translation>Das ganze Bild (Leertaste)</translation>
    </message>
    <message>
        <source>%1 % of the pixels of the screen</source>
        <translation>%1 % der Pixel des Bildschirms</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
    <message>
        <source>strength %1</source>
        <translation>Stärke %1</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>After only</source>
        <translation>Nur nachher</translation>
    </message>
    <message>
        <source>Open a folder of photographs</source>
        <translation>Einen Ordner mit Fotos öffnen</translation>
    </message>
    <message>
        <source>Open photographs</source>
        <translation>Fotos öffnen</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Remove noise and enlarge (R)</source>
        <translation>Rauschen entfernen und vergrößern (R)</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Work in a part of the picture, or keep it as a mask (M)</source>
        <translation>In einem Teil des Bildes arbeiten oder ihn als Maske behalten (M)</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove a thing and fill what is left (E)</source>
        <translation>Etwas entfernen und füllen, was fehlt (E)</translation>
    </message>
    <message>
        <source>without it</source>
        <translation>ohne es</translation>
    </message>
    <message>
        <source>The picture without it is in the queue.</source>
        <translation>Das Bild ohne es steht in der Warteschlange.</translation>
    </message>
    <message>
        <source>Restoring works inside the mask of this picture now.</source>
        <translation>Restauriert wird jetzt innerhalb der Maske dieses Bildes.</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Two selected photographs in one view, or a result and its source (C)</source>
        <translation>Zwei gewählte Fotos in einer Ansicht, oder ein Ergebnis und seine Quelle (C)</translation>
    </message>
    <message>
        <source>Compare two photographs</source>
        <translation>Zwei Fotos vergleichen</translation>
    </message>
    <message>
        <source>Leave the comparison</source>
        <translation>Den Vergleich verlassen</translation>
    </message>
    <message>
        <source>Compare the two that are selected</source>
        <translation>Die beiden gewählten vergleichen</translation>
    </message>
    <message>
        <source>Compare with its newest result</source>
        <translation>Mit dem neuesten Ergebnis vergleichen</translation>
    </message>
    <message>
        <source>Compare with %1</source>
        <translation>Mit %1 vergleichen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Unterschied</translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskTool</name>
    <message>
        <source>The mask was written to %1</source>
        <translation>Die Maske wurde nach %1 geschrieben</translation>
    </message>
    <message>
        <source>Opening the picture</source>
        <translation>Das Bild wird geöffnet</translation>
    </message>
    <message>
        <source>Looking at the picture, once for all clicks</source>
        <translation>Das Bild wird angesehen, einmal für alle Klicks</translation>
    </message>
    <message>
        <source>Looking for the object</source>
        <translation>Das Objekt wird gesucht</translation>
    </message>
    <message>
        <source>Finding the depth of the picture, once</source>
        <translation>Die Tiefe des Bildes wird bestimmt, einmal</translation>
    </message>
    <message>
        <source>Writing the mask</source>
        <translation>Die Maske wird geschrieben</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture.</source>
        <translation>Die Maske bedeckt %1 % des Bildes.</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture; found in %2 by the built-in selector.</source>
        <translation>Die Maske bedeckt %1 % des Bildes; in %2 von der eingebauten Auswahl gefunden.</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture; found in %2 by %3.</source>
        <translation>Die Maske bedeckt %1 % des Bildes; in %2 von %3 gefunden.</translation>
    </message>
    <message>
        <source>Paint over it. Alt takes away again.</source>
        <translation>Übermalen Sie es. Alt nimmt wieder weg.</translation>
    </message>
    <message>
        <source>Click in the middle of the object. Alt+click on what does not belong to it.</source>
        <translation>Klicken Sie in die Mitte des Objekts. Alt+Klick auf das, was nicht dazugehört.</translation>
    </message>
    <message>
        <source>Draw a box around the whole object.</source>
        <translation>Ziehen Sie einen Rahmen um das ganze Objekt.</translation>
    </message>
    <message>
        <source>Paint over the object. With Alt: over what does not belong to it.</source>
        <translation>Übermalen Sie das Objekt. Mit Alt: was nicht dazugehört.</translation>
    </message>
    <message>
        <source>The mask cannot be kept: %1</source>
        <translation>Die Maske kann nicht behalten werden: %1</translation>
    </message>
    <message>
        <source>Looking for shadows of dust</source>
        <translation>Staubschatten werden gesucht</translation>
    </message>
    <message numerus="yes">
        <source>%n shadow(s) of dust found, %1 to go. Tick off what is no dust.</source>
        <translation>
            <numerusform>%n Staubschatten gefunden, %1 wird entfernt. Nehmen Sie das Häkchen weg, wo kein Staub ist.</numerusform>
            <numerusform>%n Staubschatten gefunden, %1 werden entfernt. Nehmen Sie das Häkchen weg, wo kein Staub ist.</numerusform>
        </translation>
    </message>
    <message>
        <source>No shadow of dust was found; on texture nothing tells them from it.</source>
        <translation>Kein Staubschatten gefunden; auf Strukturen lassen sie sich nicht erkennen.</translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskView</name>
    <message>
        <source>Undo</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Wieder</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>Von vorn</translation>
    </message>
    <message>
        <source>Write it to a file</source>
        <translation>In eine Datei schreiben</translation>
    </message>
    <message>
        <source>Save without it</source>
        <translation>Ohne es speichern</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Verlassen</translation>
    </message>
    <message>
        <source>Back to restoring; what you made is kept (Esc)</source>
        <translation>Zurück zum Restaurieren; was Sie gemacht haben, bleibt (Esc)</translation>
    </message>
    <message>
        <source>Takes the last step back (Ctrl+Z)</source>
        <translation>Nimmt den letzten Schritt zurück (Strg+Z)</translation>
    </message>
    <message>
        <source>Does it again (Ctrl+Shift+Z)</source>
        <translation>Macht ihn wieder (Strg+Umschalt+Z)</translation>
    </message>
    <message>
        <source>HOW</source>
        <translation>WIE</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Objects are found by clicks, boxes and strokes</source>
        <translation>Objekte werden durch Klicks, Rahmen und Striche gefunden</translation>
    </message>
    <message>
        <source>Painted</source>
        <translation>Gemalt</translation>
    </message>
    <message>
        <source>Exactly what the brush covers</source>
        <translation>Genau das, was der Pinsel bedeckt</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Tiefe</translation>
    </message>
    <message>
        <source>What lies in a range of depths</source>
        <translation>Was in einem Bereich der Tiefe liegt</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>Klick</translation>
    </message>
    <message>
        <source>On the object; Alt+click beside it (C)</source>
        <translation>Auf das Objekt; Alt+Klick daneben (C)</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>Rahmen</translation>
    </message>
    <message>
        <source>Around the object; also Shift+drag (X)</source>
        <translation>Um das Objekt; auch Umschalt+Ziehen (X)</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinsel</translation>
    </message>
    <message>
        <source>Over the object; with Alt over what is not it (P)</source>
        <translation>Über das Objekt; mit Alt über das, was es nicht ist (P)</translation>
    </message>
    <message>
        <source>Width of the brush</source>
        <translation>Breite des Pinsels</translation>
    </message>
    <message>
        <source>Also with [ and ]</source>
        <translation>Auch mit [ und ]</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>0 is the nearest point of the picture</source>
        <translation>0 ist der nächste Punkt des Bildes</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>100 is the farthest point of the picture</source>
        <translation>100 ist der fernste Punkt des Bildes</translation>
    </message>
    <message>
        <source>Soft over</source>
        <translation>Weich über</translation>
    </message>
    <message>
        <source>How far the mask falls off outside</source>
        <translation>Wie weit die Maske außen ausläuft</translation>
    </message>
    <message>
        <source>OBJECTS</source>
        <translation>OBJEKTE</translation>
    </message>
    <message>
        <source>Objects of the mask</source>
        <translation>Objekte der Maske</translation>
    </message>
    <message>
        <source>Another object</source>
        <translation>Noch ein Objekt</translation>
    </message>
    <message>
        <source>The next click begins another object (N)</source>
        <translation>Der nächste Klick beginnt ein weiteres Objekt (N)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Wegnehmen</translation>
    </message>
    <message>
        <source>Takes the chosen object out of the mask</source>
        <translation>Nimmt das gewählte Objekt aus der Maske</translation>
    </message>
    <message>
        <source>EDGE</source>
        <translation>RAND</translation>
    </message>
    <message>
        <source>Refined</source>
        <translation>Verfeinert</translation>
    </message>
    <message>
        <source>How the edge is refined</source>
        <translation>Wie der Rand verfeinert wird</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>gar nicht</translation>
    </message>
    <message>
        <source>along the edge</source>
        <translation>am Rand entlang</translation>
    </message>
    <message>
        <source>hair and fur</source>
        <translation>Haar und Fell</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>More makes the mask smaller</source>
        <translation>Mehr macht die Maske kleiner</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
    <message>
        <source>Rounds the outline off, by a radius in pixels</source>
        <translation>Rundet den Umriss ab, mit einem Radius in Pixeln</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>Weicher Rand</translation>
    </message>
    <message>
        <source>Lets the edge fall off over so many pixels</source>
        <translation>Lässt den Rand über so viele Pixel auslaufen</translation>
    </message>
    <message>
        <source>How the mask is shown</source>
        <translation>Wie die Maske gezeigt wird</translation>
    </message>
    <message>
        <source>blue over it</source>
        <translation>blau darüber</translation>
    </message>
    <message>
        <source>dark around it</source>
        <translation>dunkel ringsum</translation>
    </message>
    <message>
        <source>mask alone</source>
        <translation>Maske allein</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Gezeigt</translation>
    </message>
    <message>
        <source>%1. Double click: the usual value</source>
        <translation>%1. Doppelklick: der übliche Wert</translation>
    </message>
    <message>
        <source>As a picture, a drawing, a mask of darktable&apos;s edit, or its prompts</source>
        <translation>Als Bild, als Zeichnung, als Maske in darktables Bearbeitung oder als Klicks</translation>
    </message>
    <message>
        <source>Hands the picture without what is covered to the queue</source>
        <translation>Gibt das Bild ohne das Bedeckte in die Warteschlange</translation>
    </message>
    <message>
        <source>PNG, a picture of the mask</source>
        <translation>PNG, ein Bild der Maske</translation>
    </message>
    <message>
        <source>TIFF, a picture of the mask</source>
        <translation>TIFF, ein Bild der Maske</translation>
    </message>
    <message>
        <source>SVG, its outline as a drawing</source>
        <translation>SVG, ihr Umriss als Zeichnung</translation>
    </message>
    <message>
        <source>XMP, a mask in darktable&apos;s edit</source>
        <translation>XMP, eine Maske in darktables Bearbeitung</translation>
    </message>
    <message>
        <source>JSON, the clicks, for latent mask</source>
        <translation>JSON, die Klicks, für latent mask</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Maske</translation>
    </message>
    <message>
        <source>Depth needs a network, and none ships with Latent: Settings, Models installs one</source>
        <translation>Tiefe braucht ein Netz, und keines wird mit Latent geliefert: Einstellungen, Modelle installiert eines</translation>
    </message>
    <message>
        <source>Object %1</source>
        <translation>Objekt %1</translation>
    </message>
    <message>
        <source>1 prompt</source>
        <translation>1 Angabe</translation>
    </message>
    <message numerus="yes">
        <source>%n prompts</source>
        <translation>
            <numerusform>%n Angabe</numerusform>
            <numerusform>%n Angaben</numerusform>
        </translation>
    </message>
    <message>
        <source>Object %1: click on it</source>
        <translation>Objekt %1: klicken Sie darauf</translation>
    </message>
    <message>
        <source>Show it without</source>
        <translation>Ohne es zeigen</translation>
    </message>
    <message>
        <source>Use for local strength</source>
        <translation>Nur darin restaurieren</translation>
    </message>
    <message>
        <source>Fills what is covered from what is around it (Enter)</source>
        <translation>Füllt das Bedeckte aus dem, was ringsum ist (Eingabe)</translation>
    </message>
    <message>
        <source>Restoring works inside the mask of this photograph (Enter)</source>
        <translation>Restauriert wird innerhalb der Maske dieses Fotos (Eingabe)</translation>
    </message>
    <message>
        <source>DUST ON THE SENSOR</source>
        <translation>STAUB AUF DEM SENSOR</translation>
    </message>
    <message>
        <source>Find shadows of dust</source>
        <translation>Staubschatten suchen</translation>
    </message>
    <message>
        <source>Small, round, dark spots on calm ground, as latent erase --spots finds (D)</source>
        <translation>Kleine, runde, dunkle Flecken auf ruhigem Grund, wie latent erase --spots sie findet (D)</translation>
    </message>
    <message>
        <source>Shadows of dust; those that are ticked are erased</source>
        <translation>Staubschatten; die mit Häkchen werden entfernt</translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation>Alle wählen</translation>
    </message>
    <message>
        <source>Tick none</source>
        <translation>Keinen wählen</translation>
    </message>
    <message>
        <source>%1  ·  %2 px wide, %3 % darker</source>
        <translation>%1  ·  %2 px breit, %3 % dunkler</translation>
    </message>
</context>
<context>
    <name>latent::gui::ModelsPage</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Openness</source>
        <translation>Offenheit</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>Modelle auf diesem Rechner</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Models that repositories offer</source>
        <translation>Modelle, die Verzeichnisse anbieten</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>Erneuern</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Install...</source>
        <translation>Installieren...</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Wegnehmen</translation>
    </message>
    <message>
        <source>ON THIS MACHINE</source>
        <translation>AUF DIESEM RECHNER</translation>
    </message>
    <message>
        <source>Which model a task works with</source>
        <translation>Mit welchem Modell eine Aufgabe arbeitet</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>What it is, is made of, and may be used for</source>
        <translation>Was es ist, woraus es gemacht ist und wofür es benutzt werden darf</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Reads every file of it, and compares its answers with those it shipped with</source>
        <translation>Liest jede Datei davon und vergleicht seine Antworten mit den mitgelieferten</translation>
    </message>
    <message>
        <source>A pinned model is never updated</source>
        <translation>Ein festgehaltenes Modell wird nie erneuert</translation>
    </message>
    <message>
        <source>Asks the repository that it came from for a newer one</source>
        <translation>Fragt das Verzeichnis, aus dem es kam, nach einem neueren</translation>
    </message>
    <message>
        <source>Models that ship cannot be deleted</source>
        <translation>Mitgelieferte Modelle können nicht gelöscht werden</translation>
    </message>
    <message>
        <source>Import a package...</source>
        <translation>Ein Paket importieren...</translation>
    </message>
    <message>
        <source>A .dtmodel file; it may also be dropped here</source>
        <translation>Eine .dtmodel-Datei; sie kann auch hier abgelegt werden</translation>
    </message>
    <message>
        <source>OFFERED BY REPOSITORIES</source>
        <translation>VON VERZEICHNISSEN ANGEBOTEN</translation>
    </message>
    <message>
        <source>Shows its card first</source>
        <translation>Zeigt zuerst seine Karte</translation>
    </message>
    <message>
        <source>Ask the repositories</source>
        <translation>Die Verzeichnisse fragen</translation>
    </message>
    <message>
        <source>Uses the network; nothing else here does but Install and Update</source>
        <translation>Benutzt das Netz; sonst tun das hier nur Installieren und Erneuern</translation>
    </message>
    <message>
        <source>Repositories</source>
        <translation>Verzeichnisse</translation>
    </message>
    <message>
        <source>Add...</source>
        <translation>Hinzufügen...</translation>
    </message>
    <message>
        <source>Add a repository</source>
        <translation>Ein Verzeichnis hinzufügen</translation>
    </message>
    <message>
        <source>Remove the repository</source>
        <translation>Das Verzeichnis wegnehmen</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>festgehalten</translation>
    </message>
    <message>
        <source>ships with Latent</source>
        <translation>mit Latent geliefert</translation>
    </message>
    <message>
        <source>changed since it was installed</source>
        <translation>seit der Installation geändert</translation>
    </message>
    <message>
        <source>refused by the policy</source>
        <translation>von der Richtlinie abgelehnt</translation>
    </message>
    <message>
        <source>%1 is here</source>
        <translation>%1 ist hier</translation>
    </message>
    <message>
        <source>Do not use</source>
        <translation>Nicht benutzen</translation>
    </message>
    <message>
        <source>Use for its task</source>
        <translation>Für seine Aufgabe benutzen</translation>
    </message>
    <message>
        <source>Let it be updated</source>
        <translation>Erneuern erlauben</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Festhalten</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>Herunterladen und installieren</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>Ein Modell importieren</translation>
    </message>
    <message>
        <source>Models (*.dtmodel)</source>
        <translation>Modelle (*.dtmodel)</translation>
    </message>
    <message>
        <source>Delete a model</source>
        <translation>Ein Modell löschen</translation>
    </message>
    <message>
        <source>%1 is taken off this machine. To have it again it must be installed again.</source>
        <translation>%1 wird von diesem Rechner genommen. Um es wieder zu haben, muss es neu installiert werden.</translation>
    </message>
    <message>
        <source>https://... or owner/name</source>
        <translation>https://... oder besitzer/name</translation>
    </message>
    <message>
        <source>none: its files are only as safe as its server</source>
        <translation>keiner: seine Dateien sind nur so sicher wie sein Server</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Key of its signature</source>
        <translation>Schlüssel seiner Signatur</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
</context>
<context>
    <name>latent::gui::PhotoGraphs</name>
    <message>
        <source>HISTOGRAM</source>
        <translation>HISTOGRAMM</translation>
    </message>
    <message>
        <source>NOISE BY BRIGHTNESS</source>
        <translation>RAUSCHEN NACH HELLIGKEIT</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>no histogram yet</source>
        <translation>noch kein Histogramm</translation>
    </message>
    <message>
        <source>%1 % of the picture is black, %2 % is white</source>
        <translation>%1 % des Bildes sind schwarz, %2 % weiß</translation>
    </message>
    <message>
        <source>Histogram: %1</source>
        <translation>Histogramm: %1</translation>
    </message>
    <message>
        <source>Noise by brightness: %1</source>
        <translation>Rauschen nach Helligkeit: %1</translation>
    </message>
    <message>
        <source>Left: shadows, right: highlights. A broken line: the estimate is not sure.</source>
        <translation>Links: Schatten, rechts: Lichter. Gestrichelt: die Schätzung ist unsicher.</translation>
    </message>
</context>
<context>
    <name>latent::gui::PhotoList</name>
    <message>
        <source>Filmstrip</source>
        <translation>Filmstreifen</translation>
    </message>
    <message>
        <source>Grid of photographs</source>
        <translation>Raster der Fotos</translation>
    </message>
</context>
<context>
    <name>latent::gui::PreviewModel</name>
    <message>
        <source>Measuring the noise and starting the network</source>
        <translation>Rauschen wird gemessen, das Netz startet</translation>
    </message>
    <message>
        <source>noise %1 % at mid grey</source>
        <translation>Rauschen %1 % bei Mittelgrau</translation>
    </message>
    <message>
        <source>, as the file&apos;s profile says</source>
        <translation>, nach dem Profil der Datei</translation>
    </message>
    <message>
        <source>, measured</source>
        <translation>, gemessen</translation>
    </message>
    <message>
        <source>noise %1 of 255, confidence high</source>
        <translation>Rauschen %1 von 255, sicher gemessen</translation>
    </message>
    <message>
        <source>noise measured, confidence low: a plain surface is missing</source>
        <translation>Rauschen gemessen, unsicher: eine glatte Fläche fehlt</translation>
    </message>
</context>
<context>
    <name>latent::gui::QueueModel</name>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>done, %1</source>
        <translation>fertig, %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>skipped: %1</source>
        <translation>übersprungen: %1</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>Nothing can be processed: %1</source>
        <translation>Nichts kann verarbeitet werden: %1</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>nichts zu tun</translation>
    </message>
    <message>
        <source>%1 of %2 done</source>
        <translation>%1 von %2 fertig</translation>
    </message>
    <message numerus="yes">
        <source>all done, %n pictures</source>
        <translation>
            <numerusform>alles fertig, %n Bild</numerusform>
            <numerusform>alles fertig, %n Bilder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fehlgeschlagen</numerusform>
            <numerusform>%n fehlgeschlagen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::QueuePane</name>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Alles abbrechen</translation>
    </message>
    <message>
        <source>Clear done</source>
        <translation>Fertige entfernen</translation>
    </message>
    <message>
        <source>Show list</source>
        <translation>Liste zeigen</translation>
    </message>
    <message>
        <source>QUEUE</source>
        <translation>WARTESCHLANGE</translation>
    </message>
    <message>
        <source>Progress of the queue</source>
        <translation>Fortschritt der Warteschlange</translation>
    </message>
    <message>
        <source>Pictures in the queue</source>
        <translation>Bilder in der Warteschlange</translation>
    </message>
    <message>
        <source>Hide list</source>
        <translation>Liste verbergen</translation>
    </message>
    <message>
        <source>another window of latent-studio works on the queue</source>
        <translation>ein anderes Fenster von latent-studio arbeitet an der Warteschlange</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Open in darktable</source>
        <translation>In darktable öffnen</translation>
    </message>
    <message>
        <source>Open in RawTherapee</source>
        <translation>In RawTherapee öffnen</translation>
    </message>
    <message>
        <source>Do this next</source>
        <translation>Als Nächstes</translation>
    </message>
    <message>
        <source>Do this last</source>
        <translation>Zuletzt</translation>
    </message>
    <message>
        <source>Cancel this one</source>
        <translation>Dieses abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Try all that failed again</source>
        <translation>Alle Fehlgeschlagenen noch einmal</translation>
    </message>
</context>
<context>
    <name>latent::gui::RestorePanel</name>
    <message>
        <source>about %1</source>
        <translation>etwa %1</translation>
    </message>
    <message>
        <source>%1 MP becomes %2 MP, %3 x %4</source>
        <translation>%1 MP werden %2 MP, %3 x %4</translation>
    </message>
    <message>
        <source>This is a finished picture, without the data of the sensor.</source>
        <translation>Dies ist ein fertiges Bild, ohne die Daten des Sensors.</translation>
    </message>
    <message>
        <source>Raw denoise cannot take this raw file: it %1.</source>
        <translation>Diese Rohdatei lässt sich nicht roh entrauschen: it %1.</translation>
    </message>
    <message>
        <source>Nothing to process</source>
        <translation>Nichts zu verarbeiten</translation>
    </message>
    <message>
        <source>Process this picture</source>
        <translation>Dieses Bild verarbeiten</translation>
    </message>
    <message numerus="yes">
        <source>Process %n pictures</source>
        <translation>
            <numerusform>%n Bild verarbeiten</numerusform>
            <numerusform>%n Bilder verarbeiten</numerusform>
        </translation>
    </message>
    <message>
        <source>the first picture tells how long it takes</source>
        <translation>das erste Bild zeigt, wie lange es dauert</translation>
    </message>
    <message>
        <source>1 is left out: not for this task</source>
        <translation>1 bleibt weg: nichts für diese Aufgabe</translation>
    </message>
    <message numerus="yes">
        <source>%n are left out: not for this task</source>
        <translation>
            <numerusform>%n bleibt weg: nichts für diese Aufgabe</numerusform>
            <numerusform>%n bleiben weg: nichts für diese Aufgabe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::RestoreView</name>
    <message>
        <source>presets</source>
        <translation>Vorgaben</translation>
    </message>
    <message>
        <source>Add to library</source>
        <translation>In die Bibliothek aufnehmen</translation>
    </message>
    <message>
        <source>Result leads the group</source>
        <translation>Ergebnis führt die Gruppe an</translation>
    </message>
    <message>
        <source>card</source>
        <translation>Karte</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>OUTPUT</source>
        <translation>AUSGABE</translation>
    </message>
    <message>
        <source>Settings that were kept under a name</source>
        <translation>Einstellungen unter einem Namen</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>Variablen</translation>
    </message>
    <message>
        <source>What can stand in the name of a result</source>
        <translation>Was im Namen eines Ergebnisses stehen kann</translation>
    </message>
    <message>
        <source>Folder and name of results</source>
        <translation>Ordner und Name der Ergebnisse</translation>
    </message>
    <message>
        <source>Card of the model</source>
        <translation>Karte des Modells</translation>
    </message>
    <message>
        <source>What the model is, is made of, and may be used for</source>
        <translation>Was das Modell ist, woraus es ist und wozu es dienen darf</translation>
    </message>
    <message>
        <source>MODEL</source>
        <translation>MODELL</translation>
    </message>
    <message>
        <source>Hands the selected pictures to the queue (Ctrl+Enter)</source>
        <translation>Gibt die gewählten Bilder in die Warteschlange (Strg+Eingabe)</translation>
    </message>
    <message>
        <source>%1. Double click: the usual value</source>
        <translation>%1. Doppelklick: der übliche Wert</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>That is large: it takes long and much room.</source>
        <translation>Das ist groß: es dauert lange und braucht viel Platz.</translation>
    </message>
    <message>
        <source>Use Denoise</source>
        <translation>Entrauschen benutzen</translation>
    </message>
    <message>
        <source>Keep these settings as...</source>
        <translation>Diese Einstellungen behalten als...</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorgabe</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Name der Vorgabe</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>All settings to their usual values</source>
        <translation>Alle Einstellungen auf übliche Werte</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>Abnehmen</translation>
    </message>
    <message>
        <source>Outside it instead</source>
        <translation>Stattdessen außerhalb</translation>
    </message>
    <message>
        <source>Works inside the mask of this picture</source>
        <translation>Arbeitet innerhalb der Maske dieses Bildes</translation>
    </message>
    <message>
        <source>The whole picture is worked on again; the mask is kept</source>
        <translation>Das ganze Bild wird wieder bearbeitet; die Maske bleibt</translation>
    </message>
    <message>
        <source>Restoring works outside the mask of this picture</source>
        <translation>Restauriert wird außerhalb der Maske dieses Bildes</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Work in a part of the picture...</source>
        <translation>In einem Teil des Bildes arbeiten...</translation>
    </message>
    <message>
        <source>Opens the mask tool (M)</source>
        <translation>Öffnet das Werkzeug für Masken (M)</translation>
    </message>
</context>
<context>
    <name>latent::gui::SettingsDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Screen and language</source>
        <translation>Bildschirm und Sprache</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Maschine</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Number formats</source>
        <translation>Zahlenformate</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>Geprüft</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Devices that can run networks</source>
        <translation>Geräte, die Netze rechnen können</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>Run networks on</source>
        <translation>Netze rechnen auf</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>Zahlenformat</translation>
    </message>
    <message>
        <source>found automatically</source>
        <translation>wird selbst gefunden</translation>
    </message>
    <message>
        <source>ONNX Runtime library</source>
        <translation>Bibliothek ONNX Runtime</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Try every device</source>
        <translation>Jedes Gerät prüfen</translation>
    </message>
    <message>
        <source>Compiles the network for each device in another process and compares the answers with those of the processor</source>
        <translation>Übersetzt das Netz für jedes Gerät in einem anderen Prozess und vergleicht die Antworten mit denen des Prozessors</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>nicht geprüft</translation>
    </message>
    <message>
        <source>a profile of your own...</source>
        <translation>ein eigenes Profil...</translation>
    </message>
    <message>
        <source>Profile of the screen</source>
        <translation>Profil des Bildschirms</translation>
    </message>
    <message>
        <source>Profiles (*.icc *.icm)</source>
        <translation>Profile (*.icc *.icm)</translation>
    </message>
    <message>
        <source>Colours of the screen</source>
        <translation>Farben des Bildschirms</translation>
    </message>
    <message>
        <source>that of the system</source>
        <translation>die des Systems</translation>
    </message>
    <message>
        <source>Language, from the next start on</source>
        <translation>Sprache, ab dem nächsten Start</translation>
    </message>
    <message>
        <source>Say what a photograph needs</source>
        <translation>Sagen, was ein Foto braucht</translation>
    </message>
    <message>
        <source>Prepare all thumbnails now</source>
        <translation>Alle Vorschaubilder jetzt vorbereiten</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Offener Ordner</translation>
    </message>
    <message>
        <source>It works</source>
        <translation>Es wird gearbeitet</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Libraries of execution providers, such as libonnxruntime_providers_webgpu.so, with colons between them</source>
        <translation>Bibliotheken von Execution-Providern wie libonnxruntime_providers_webgpu.so, durch Doppelpunkte getrennt</translation>
    </message>
    <message>
        <source>Plug-ins of ONNX Runtime</source>
        <translation>Plug-ins für ONNX Runtime</translation>
    </message>
</context>
<context>
    <name>latent::gui::SourcesPane</name>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Which photographs are shown</source>
        <translation>Welche Fotos gezeigt werden</translation>
    </message>
    <message>
        <source>Kinds of files</source>
        <translation>Arten von Dateien</translation>
    </message>
    <message>
        <source>SOURCES</source>
        <translation>QUELLEN</translation>
    </message>
    <message>
        <source>Open folder...</source>
        <translation>Ordner öffnen...</translation>
    </message>
    <message>
        <source>Shows the photographs of a folder and of those below it (Ctrl+O)</source>
        <translation>Zeigt die Fotos eines Ordners und derer darunter (Strg+O)</translation>
    </message>
    <message>
        <source>SHOW</source>
        <translation>ZEIGEN</translation>
    </message>
    <message>
        <source>KIND</source>
        <translation>ART</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>Alle Arten</translation>
    </message>
    <message>
        <source>Raw files</source>
        <translation>Rohdateien</translation>
    </message>
    <message>
        <source>Finished pictures</source>
        <translation>Fertige Bilder</translation>
    </message>
    <message>
        <source>Take off this list</source>
        <translation>Von der Liste nehmen</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>In der Dateiverwaltung zeigen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Needs denoise</source>
        <translation>Zu entrauschen</translation>
    </message>
    <message>
        <source>Not processed</source>
        <translation>Nicht verarbeitet</translation>
    </message>
    <message>
        <source>Done today</source>
        <translation>Heute fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>latent::gui::Studio</name>
    <message>
        <source>The settings cannot be saved: %1</source>
        <translation>Die Einstellungen lassen sich nicht sichern: %1</translation>
    </message>
    <message>
        <source>Select two photographs to compare them, or one that has a result.</source>
        <translation>Wählen Sie zwei Fotos, um sie zu vergleichen, oder eines, das ein Ergebnis hat.</translation>
    </message>
</context>
<context>
    <name>latent::gui::Viewer</name>
    <message>
        <source>Picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>x %1, y %2   before %3   after %4</source>
        <translation>x %1, y %2   vorher %3   nachher %4</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>\  hold for before</source>
        <translation>\  halten: vorher</translation>
    </message>
    <message>
        <source>%1 %: noise cannot be judged below 100 %</source>
        <translation>%1 %: Rauschen ist unter 100 % nicht zu beurteilen</translation>
    </message>
    <message>
        <source>Opening the picture</source>
        <translation>Das Bild wird geöffnet</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>kein Bild</translation>
    </message>
    <message>
        <source>before, %1 %</source>
        <translation>vorher, %1 %</translation>
    </message>
    <message>
        <source>before and after, %1 %</source>
        <translation>vorher und nachher, %1 %</translation>
    </message>
    <message>
        <source>: noise cannot be judged below 100 %</source>
        <translation>: Rauschen ist unter 100 % nicht zu beurteilen</translation>
    </message>
    <message>
        <source>Filling what is covered</source>
        <translation>Das Bedeckte wird gefüllt</translation>
    </message>
    <message>
        <source>\  hold for the first    C  leave</source>
        <translation>\  halten: das erste    C  verlassen</translation>
    </message>
    <message>
        <source>Opening both photographs</source>
        <translation>Beide Fotos werden geöffnet</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1, %2 %</translation>
    </message>
    <message>
        <source>%1 beside %2, %3 %</source>
        <translation>%1 neben %2, %3 %</translation>
    </message>
    <message>
        <source>Difference x %1: grey is what stays</source>
        <translation>Unterschied x %1: Graues bleibt gleich</translation>
    </message>
    <message>
        <source>difference of before and after, %1 %</source>
        <translation>Unterschied von vorher und nachher, %1 %</translation>
    </message>
</context>
<context>
    <name>latent::gui::WelcomePane</name>
    <message>
        <source>Drop a folder of photographs here</source>
        <translation>Ziehen Sie einen Ordner mit Fotos hierher</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>Einen Ordner öffnen</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>Dateien öffnen</translation>
    </message>
    <message>
        <source>Raw denoise</source>
        <translation>Roh entrauschen</translation>
    </message>
    <message>
        <source>Removes the noise of the sensor from raw files. You edit the new DNG as any raw.</source>
        <translation>Entfernt das Rauschen des Sensors aus Rohdateien. Das neue DNG bearbeiten Sie wie jede Rohdatei.</translation>
    </message>
    <message>
        <source>Denoise</source>
        <translation>Entrauschen</translation>
    </message>
    <message>
        <source>Removes noise from finished pictures: JPEG, TIFF, PNG and others.</source>
        <translation>Entfernt Rauschen aus fertigen Bildern: JPEG, TIFF, PNG und anderen.</translation>
    </message>
    <message>
        <source>Upscale</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Enlarges two or four times, for large prints, without inventing texture.</source>
        <translation>Vergrößert zwei- oder viermal, für große Drucke, ohne Struktur zu erfinden.</translation>
    </message>
    <message>
        <source>%1: before on the left, after on the right</source>
        <translation>%1: links vorher, rechts nachher</translation>
    </message>
    <message>
        <source>Your pictures stay on this machine and are never changed.</source>
        <translation>Ihre Bilder bleiben auf diesem Rechner und werden nie geändert.</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Brightness noise</source>
        <translation>Helligkeitsrauschen</translation>
    </message>
    <message>
        <source>Colour noise</source>
        <translation>Farbrauschen</translation>
    </message>
    <message>
        <source>Noise scale</source>
        <translation>Rauschmaß</translation>
    </message>
    <message>
        <source>Hot pixels</source>
        <translation>Heiße Pixel</translation>
    </message>
    <message>
        <source>Demosaic</source>
        <translation>Farben ergänzen</translation>
    </message>
    <message>
        <source>Colour fringes</source>
        <translation>Farbsäume</translation>
    </message>
    <message>
        <source>leave them</source>
        <translation>belassen</translation>
    </message>
    <message>
        <source>JPEG XL, lossless</source>
        <translation>JPEG XL, verlustfrei</translation>
    </message>
    <message>
        <source>Noise level</source>
        <translation>Rauschpegel</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Struktur</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Helligkeit</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>korrigiert</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>wie sie ist</translation>
    </message>
    <message>
        <source>learn from the batch</source>
        <translation>aus der Serie lernen</translation>
    </message>
    <message>
        <source>Wide-gamut colours</source>
        <translation>Kräftige Farben</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Faktor</translation>
    </message>
    <message>
        <source>Denoise before</source>
        <translation>Vorher entrauschen</translation>
    </message>
    <message>
        <source>Damage to leave small</source>
        <translation>Schäden klein lassen</translation>
    </message>
    <message>
        <source>Hold to the source</source>
        <translation>An die Quelle halten</translation>
    </message>
    <message>
        <source>Hard edges</source>
        <translation>Harte Kanten</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Bit depth</source>
        <translation>Bittiefe</translation>
    </message>
    <message>
        <source>Colour profile</source>
        <translation>Farbprofil</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>Kompression</translation>
    </message>
    <message>
        <source>JPEG quality</source>
        <translation>JPEG-Qualität</translation>
    </message>
    <message>
        <source>If it exists</source>
        <translation>Falls vorhanden</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>number it</source>
        <translation>nummerieren</translation>
    </message>
    <message>
        <source>replace earlier</source>
        <translation>früheres ersetzen</translation>
    </message>
    <message>
        <source>skip</source>
        <translation>überspringen</translation>
    </message>
    <message>
        <source>remove</source>
        <translation>entfernen</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>preserve</source>
        <translation>erhalten</translation>
    </message>
    <message>
        <source>clip to sRGB</source>
        <translation>auf sRGB kappen</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>lossless</source>
        <translation>verlustfrei</translation>
    </message>
    <message>
        <source>Deflate</source>
        <translation>Deflate</translation>
    </message>
    <message>
        <source>Zstandard</source>
        <translation>Zstandard</translation>
    </message>
    <message>
        <source>no ghost lines</source>
        <translation>ohne Geisterlinien</translation>
    </message>
    <message>
        <source>as the network has it</source>
        <translation>wie das Netz sie gibt</translation>
    </message>
    <message>
        <source>as darktable</source>
        <translation>wie darktable</translation>
    </message>
    <message>
        <source>that of the source</source>
        <translation>das der Quelle</translation>
    </message>
</context>
</TS>
