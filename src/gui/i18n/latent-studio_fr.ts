<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr">
<context>
    <name>crash</name>
    <message>
        <source>latent-studio ended unexpectedly last time. What is known of it is in %1; it was sent to nobody. latent-studio --safe starts without anything that was remembered.</source>
        <translation>latent-studio s&apos;est terminé de façon inattendue. Ce qu&apos;on en sait est dans %1 ; rien n&apos;a été envoyé. latent-studio --safe démarre sans rien de mémorisé.</translation>
    </message>
</context>
<context>
    <name>latent::gui::AiSettings</name>
    <message>
        <source>Looking for devices</source>
        <translation>Recherche des périphériques</translation>
    </message>
    <message>
        <source>not usable: %1</source>
        <translation>inutilisable : %1</translation>
    </message>
    <message>
        <source>Trying every device; networks are compiled for it the first time</source>
        <translation>Essai de chaque périphérique ; les réseaux y sont compilés la première fois</translation>
    </message>
    <message>
        <source>%1 proved</source>
        <translation>%1 vérifié</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1 en échec : %2</translation>
    </message>
    <message>
        <source>%1 %2 s/MP</source>
        <translation>%1 %2 s/MP</translation>
    </message>
    <message>
        <source>%1 is used now</source>
        <translation>%1 est maintenant utilisé</translation>
    </message>
    <message>
        <source>%1 is not used any more</source>
        <translation>%1 n&apos;est plus utilisé</translation>
    </message>
    <message>
        <source>%1 stays at its version</source>
        <translation>%1 garde sa version</translation>
    </message>
    <message>
        <source>%1 may be updated</source>
        <translation>%1 peut être mis à jour</translation>
    </message>
    <message>
        <source>%1 was deleted</source>
        <translation>%1 a été supprimé</translation>
    </message>
    <message>
        <source>%1 is whole: every hash is right, and its golden answers came out</source>
        <translation>%1 est intact : toutes les sommes sont justes et les réponses de référence aussi</translation>
    </message>
    <message>
        <source>%1 was imported</source>
        <translation>%1 a été importé</translation>
    </message>
    <message>
        <source>No model is enabled for this task. Choose one in Settings.</source>
        <translation>Aucun modèle n&apos;est choisi pour cette tâche. Choisissez-en un dans les réglages.</translation>
    </message>
    <message>
        <source>Licence of the weights:</source>
        <translation>Licence des poids :</translation>
    </message>
    <message>
        <source>Trained on:</source>
        <translation>Entraîné avec :</translation>
    </message>
    <message>
        <source>Licence of that data:</source>
        <translation>Licence de ces données :</translation>
    </message>
    <message>
        <source>Openness:</source>
        <translation>Ouverture :</translation>
    </message>
    <message>
        <source>File:</source>
        <translation>Fichier :</translation>
    </message>
    <message>
        <source>The policy says:</source>
        <translation>La politique dit :</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>non indiqué</translation>
    </message>
    <message>
        <source>It came from:</source>
        <translation>Il vient de :</translation>
    </message>
    <message>
        <source>Asking the repositories what they have</source>
        <translation>Les dépôts sont interrogés</translation>
    </message>
    <message numerus="yes">
        <source>The repositories offer %n models</source>
        <translation>
            <numerusform>Les dépôts offrent %n modèle</numerusform>
            <numerusform>Les dépôts offrent %n modèles</numerusform>
        </translation>
    </message>
    <message>
        <source>It comes from:</source>
        <translation>Il vient de :</translation>
    </message>
    <message>
        <source>Size:</source>
        <translation>Taille :</translation>
    </message>
    <message>
        <source>Downloading %1</source>
        <translation>Téléchargement de %1</translation>
    </message>
    <message>
        <source>%1 %2 was installed</source>
        <translation>%1 %2 a été installé</translation>
    </message>
    <message>
        <source>%1 was not installed</source>
        <translation>%1 n’a pas été installé</translation>
    </message>
    <message>
        <source>Looking for a newer %1</source>
        <translation>Recherche d’un %1 plus récent</translation>
    </message>
    <message>
        <source>%1 is now %2</source>
        <translation>%1 est maintenant en %2</translation>
    </message>
    <message>
        <source>%1 is the newest there is</source>
        <translation>%1 est le plus récent</translation>
    </message>
    <message>
        <source>only weights under %1</source>
        <translation>seulement des poids sous %1</translation>
    </message>
    <message>
        <source>none of which the data is not stated</source>
        <translation>aucun dont les données ne sont pas indiquées</translation>
    </message>
    <message>
        <source>none trained on data for research only</source>
        <translation>aucun entraîné sur des données réservées à la recherche</translation>
    </message>
    <message>
        <source>none below a class of openness</source>
        <translation>aucun sous une classe d’ouverture</translation>
    </message>
    <message>
        <source>Your policy accepts every model; latent models policy changes it.</source>
        <translation>Votre politique accepte tous les modèles ; latent models policy la change.</translation>
    </message>
    <message>
        <source>Your policy: %1.</source>
        <translation>Votre politique : %1.</translation>
    </message>
    <message>
        <source>plug-in</source>
        <translation>greffon</translation>
    </message>
</context>
<context>
    <name>latent::gui::CardDialog</name>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
</context>
<context>
    <name>latent::gui::KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>Touches</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Touche</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>Ce qu&apos;elle fait</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Gauche, Droite</translation>
    </message>
    <message>
        <source>the photograph before, after</source>
        <translation>la photo précédente, suivante</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Espace</translation>
    </message>
    <message>
        <source>100 % or the whole picture, at the pointer</source>
        <translation>100 % ou l&apos;image entière, sous le pointeur</translation>
    </message>
    <message>
        <source>+ and -</source>
        <translation>+ et -</translation>
    </message>
    <message>
        <source>larger, smaller, at the pointer</source>
        <translation>plus grand, plus petit, sous le pointeur</translation>
    </message>
    <message>
        <source>\ held</source>
        <translation>\ maintenu</translation>
    </message>
    <message>
        <source>before</source>
        <translation>avant</translation>
    </message>
    <message>
        <source>L held</source>
        <translation>L maintenu</translation>
    </message>
    <message>
        <source>magnifier</source>
        <translation>loupe</translation>
    </message>
    <message>
        <source>raw denoise, denoise, upscale</source>
        <translation>débruiter le brut, débruiter, agrandir</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Entrée</translation>
    </message>
    <message>
        <source>process what is selected</source>
        <translation>traiter la sélection</translation>
    </message>
    <message>
        <source>Ctrl+P</source>
        <translation>Ctrl+P</translation>
    </message>
    <message>
        <source>pause the queue, or go on</source>
        <translation>suspendre la file ou reprendre</translation>
    </message>
    <message>
        <source>grid or picture</source>
        <translation>grille ou image</translation>
    </message>
    <message>
        <source>full screen</source>
        <translation>plein écran</translation>
    </message>
    <message>
        <source>Tab in the picture</source>
        <translation>Tab dans l&apos;image</translation>
    </message>
    <message>
        <source>fold or show the panes</source>
        <translation>replier ou montrer les panneaux</translation>
    </message>
    <message>
        <source>to the next pane</source>
        <translation>au panneau suivant</translation>
    </message>
    <message>
        <source>ground around the picture: theme, black, dark, mid, white</source>
        <translation>fond autour de l&apos;image : thème, noir, sombre, moyen, blanc</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation>Ctrl+Z, Ctrl+Maj+Z</translation>
    </message>
    <message>
        <source>undo, redo a setting</source>
        <translation>annuler, rétablir un réglage</translation>
    </message>
    <message>
        <source>Double click on a slider</source>
        <translation>Double clic sur un curseur</translation>
    </message>
    <message>
        <source>its usual value</source>
        <translation>sa valeur habituelle</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+molette</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Molette</translation>
    </message>
    <message>
        <source>Ctrl+O, Ctrl+Shift+O</source>
        <translation>Ctrl+O, Ctrl+Maj+O</translation>
    </message>
    <message>
        <source>open a folder, open files</source>
        <translation>ouvrir un dossier, ouvrir des fichiers</translation>
    </message>
    <message>
        <source>Ctrl+F</source>
        <translation>Ctrl+F</translation>
    </message>
    <message>
        <source>search</source>
        <translation>chercher</translation>
    </message>
    <message>
        <source>Ctrl+Shift+T</source>
        <translation>Ctrl+Maj+T</translation>
    </message>
    <message>
        <source>prepare all thumbnails</source>
        <translation>préparer toutes les vignettes</translation>
    </message>
    <message>
        <source>look at the folder again</source>
        <translation>relire le dossier</translation>
    </message>
    <message>
        <source>Ctrl+,</source>
        <translation>Ctrl+,</translation>
    </message>
    <message>
        <source>settings</source>
        <translation>réglages</translation>
    </message>
    <message>
        <source>this list</source>
        <translation>cette liste</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>restore, mask, erase</source>
        <translation>restaurer, masque, effacer</translation>
    </message>
    <message>
        <source>mask: click, box, brush</source>
        <translation>masque : clic, cadre, pinceau</translation>
    </message>
    <message>
        <source>Alt+click, right click</source>
        <translation>Alt+clic, clic droit</translation>
    </message>
    <message>
        <source>mask: what is not the object&apos;s</source>
        <translation>masque : ce qui n’est pas à l’objet</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Maj+glisser</translation>
    </message>
    <message>
        <source>mask: a box</source>
        <translation>masque : un cadre</translation>
    </message>
    <message>
        <source>mask: a thinner, a wider brush</source>
        <translation>masque : pinceau plus fin, plus large</translation>
    </message>
    <message>
        <source>mask: another object</source>
        <translation>masque : un autre objet</translation>
    </message>
    <message>
        <source>mask: blue, dark around it, alone</source>
        <translation>masque : bleu, sombre autour, seul</translation>
    </message>
    <message>
        <source>Enter, Esc</source>
        <translation>Entrée, Échap</translation>
    </message>
    <message>
        <source>mask: use it, leave</source>
        <translation>masque : utiliser, quitter</translation>
    </message>
    <message>
        <source>compare two selected photographs, or a result with its source</source>
        <translation>comparer deux photos choisies, ou un résultat et sa source</translation>
    </message>
    <message>
        <source>erase: find shadows of dust</source>
        <translation>effacer : chercher les ombres de poussière</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Début, Fin</translation>
    </message>
    <message>
        <source>the first, the last photograph</source>
        <translation>la première, la dernière photo</translation>
    </message>
    <message>
        <source>divider, side by side, after only, difference</source>
        <translation>séparateur, côte à côte, après seul, différence</translation>
    </message>
</context>
<context>
    <name>latent::gui::LibraryModel</name>
    <message>
        <source>preparing thumbnails, %1 of %2</source>
        <translation>préparation des vignettes, %1 sur %2</translation>
    </message>
    <message>
        <source>reading files, %1 of %2</source>
        <translation>lecture des fichiers, %1 sur %2</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>illisible</translation>
    </message>
    <message>
        <source>ISO %1</source>
        <translation>ISO %1</translation>
    </message>
    <message>
        <source>noisy</source>
        <translation>bruitée</translation>
    </message>
    <message>
        <source>small</source>
        <translation>petite</translation>
    </message>
    <message numerus="yes">
        <source>%n stars</source>
        <translation>
            <numerusform>%n étoile</numerusform>
            <numerusform>%n étoiles</numerusform>
        </translation>
    </message>
    <message>
        <source>being processed</source>
        <translation>en traitement</translation>
    </message>
    <message>
        <source>in the queue</source>
        <translation>dans la file</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>échec</translation>
    </message>
    <message>
        <source>processed</source>
        <translation>traitée</translation>
    </message>
    <message>
        <source>The catalogue cannot be written: %1</source>
        <translation>Le catalogue ne peut être écrit : %1</translation>
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
        <translation>Restaurer</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Grille</translation>
    </message>
    <message>
        <source>All photographs, or one of them (G)</source>
        <translation>Toutes les photos ou l&apos;une d&apos;elles (G)</translation>
    </message>
    <message>
        <source>Search name, camera, ISO</source>
        <translation>Chercher nom, appareil, ISO</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Clair</translation>
    </message>
    <message>
        <source>Bright or dark surroundings</source>
        <translation>Environnement clair ou sombre</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source>Devices, models, screen, language (Ctrl+,)</source>
        <translation>Périphériques, modèles, écran, langue (Ctrl+,)</translation>
    </message>
    <message>
        <source>The list of keys (F1)</source>
        <translation>La liste des touches (F1)</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Touches</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Divider</source>
        <translation>Séparateur</translation>
    </message>
    <message>
        <source>How before and after are shown ( | )</source>
        <translation>Comment avant et après sont montrés ( | )</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Entière</translation>
    </message>
    <message>
        <source>The whole picture (Space)</source>
        <translation>L&apos;image entière (Espace)</translation>
    </message>
    <message>
        <source>%1 % of the pixels of the screen</source>
        <translation>%1 % des pixels de l&apos;écran</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Après</translation>
    </message>
    <message>
        <source>strength %1</source>
        <translation>force %1</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Côte à côte</translation>
    </message>
    <message>
        <source>After only</source>
        <translation>Après seul</translation>
    </message>
    <message>
        <source>Open a folder of photographs</source>
        <translation>Ouvrir un dossier de photos</translation>
    </message>
    <message>
        <source>Open photographs</source>
        <translation>Ouvrir des photos</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Sombre</translation>
    </message>
    <message>
        <source>Remove noise and enlarge (R)</source>
        <translation>Enlever le bruit et agrandir (R)</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Masque</translation>
    </message>
    <message>
        <source>Work in a part of the picture, or keep it as a mask (M)</source>
        <translation>Travailler dans une partie de l’image, ou la garder comme masque (M)</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <source>Remove a thing and fill what is left (E)</source>
        <translation>Enlever une chose et remplir le vide (E)</translation>
    </message>
    <message>
        <source>without it</source>
        <translation>sans elle</translation>
    </message>
    <message>
        <source>The picture without it is in the queue.</source>
        <translation>L’image sans elle est dans la file.</translation>
    </message>
    <message>
        <source>Restoring works inside the mask of this picture now.</source>
        <translation>La restauration agit maintenant dans le masque de cette image.</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Comparer</translation>
    </message>
    <message>
        <source>Two selected photographs in one view, or a result and its source (C)</source>
        <translation>Deux photos choisies dans une vue, ou un résultat et sa source (C)</translation>
    </message>
    <message>
        <source>Compare two photographs</source>
        <translation>Comparer deux photos</translation>
    </message>
    <message>
        <source>Leave the comparison</source>
        <translation>Quitter la comparaison</translation>
    </message>
    <message>
        <source>Compare the two that are selected</source>
        <translation>Comparer les deux photos choisies</translation>
    </message>
    <message>
        <source>Compare with its newest result</source>
        <translation>Comparer avec son dernier résultat</translation>
    </message>
    <message>
        <source>Compare with %1</source>
        <translation>Comparer avec %1</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Montrer dans le dossier</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>Différence</translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskTool</name>
    <message>
        <source>The mask was written to %1</source>
        <translation>Le masque a été écrit dans %1</translation>
    </message>
    <message>
        <source>Opening the picture</source>
        <translation>Ouverture de l’image</translation>
    </message>
    <message>
        <source>Looking at the picture, once for all clicks</source>
        <translation>L’image est examinée, une fois pour tous les clics</translation>
    </message>
    <message>
        <source>Looking for the object</source>
        <translation>Recherche de l’objet</translation>
    </message>
    <message>
        <source>Finding the depth of the picture, once</source>
        <translation>La profondeur de l’image est cherchée, une fois</translation>
    </message>
    <message>
        <source>Writing the mask</source>
        <translation>Écriture du masque</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture.</source>
        <translation>Le masque couvre %1 % de l’image.</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture; found in %2 by the built-in selector.</source>
        <translation>Le masque couvre %1 % de l’image ; trouvé en %2 par la sélection intégrée.</translation>
    </message>
    <message>
        <source>The mask covers %1 % of the picture; found in %2 by %3.</source>
        <translation>Le masque couvre %1 % de l’image ; trouvé en %2 par %3.</translation>
    </message>
    <message>
        <source>Paint over it. Alt takes away again.</source>
        <translation>Peignez dessus. Alt enlève.</translation>
    </message>
    <message>
        <source>Click in the middle of the object. Alt+click on what does not belong to it.</source>
        <translation>Cliquez au milieu de l’objet. Alt+clic sur ce qui n’en fait pas partie.</translation>
    </message>
    <message>
        <source>Draw a box around the whole object.</source>
        <translation>Tracez un cadre autour de tout l’objet.</translation>
    </message>
    <message>
        <source>Paint over the object. With Alt: over what does not belong to it.</source>
        <translation>Peignez sur l’objet. Avec Alt : sur ce qui n’en fait pas partie.</translation>
    </message>
    <message>
        <source>The mask cannot be kept: %1</source>
        <translation>Le masque ne peut pas être gardé : %1</translation>
    </message>
    <message>
        <source>Looking for shadows of dust</source>
        <translation>Recherche des ombres de poussière</translation>
    </message>
    <message numerus="yes">
        <source>%n shadow(s) of dust found, %1 to go. Tick off what is no dust.</source>
        <translation>
            <numerusform>%n ombre de poussière trouvée, %1 sera effacée. Décochez ce qui n’est pas de la poussière.</numerusform>
            <numerusform>%n ombres de poussière trouvées, %1 seront effacées. Décochez ce qui n’est pas de la poussière.</numerusform>
        </translation>
    </message>
    <message>
        <source>No shadow of dust was found; on texture nothing tells them from it.</source>
        <translation>Aucune ombre de poussière trouvée ; sur une texture rien ne les distingue.</translation>
    </message>
</context>
<context>
    <name>latent::gui::MaskView</name>
    <message>
        <source>Undo</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Refaire</translation>
    </message>
    <message>
        <source>Start over</source>
        <translation>À zéro</translation>
    </message>
    <message>
        <source>Write it to a file</source>
        <translation>Écrire dans un fichier</translation>
    </message>
    <message>
        <source>Save without it</source>
        <translation>Enregistrer sans elle</translation>
    </message>
    <message>
        <source>Leave</source>
        <translation>Quitter</translation>
    </message>
    <message>
        <source>Back to restoring; what you made is kept (Esc)</source>
        <translation>Retour à la restauration ; votre travail est gardé (Échap)</translation>
    </message>
    <message>
        <source>Takes the last step back (Ctrl+Z)</source>
        <translation>Annule la dernière étape (Ctrl+Z)</translation>
    </message>
    <message>
        <source>Does it again (Ctrl+Shift+Z)</source>
        <translation>La refait (Ctrl+Maj+Z)</translation>
    </message>
    <message>
        <source>HOW</source>
        <translation>COMMENT</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objets</translation>
    </message>
    <message>
        <source>Objects are found by clicks, boxes and strokes</source>
        <translation>Les objets sont trouvés par clics, cadres et traits</translation>
    </message>
    <message>
        <source>Painted</source>
        <translation>Peint</translation>
    </message>
    <message>
        <source>Exactly what the brush covers</source>
        <translation>Exactement ce que le pinceau couvre</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>Profondeur</translation>
    </message>
    <message>
        <source>What lies in a range of depths</source>
        <translation>Ce qui se trouve dans une plage de profondeurs</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>Clic</translation>
    </message>
    <message>
        <source>On the object; Alt+click beside it (C)</source>
        <translation>Sur l’objet ; Alt+clic à côté (C)</translation>
    </message>
    <message>
        <source>Box</source>
        <translation>Cadre</translation>
    </message>
    <message>
        <source>Around the object; also Shift+drag (X)</source>
        <translation>Autour de l’objet ; aussi Maj+glisser (X)</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>Pinceau</translation>
    </message>
    <message>
        <source>Over the object; with Alt over what is not it (P)</source>
        <translation>Sur l’objet ; avec Alt sur ce qui ne l’est pas (P)</translation>
    </message>
    <message>
        <source>Width of the brush</source>
        <translation>Largeur du pinceau</translation>
    </message>
    <message>
        <source>Also with [ and ]</source>
        <translation>Aussi avec [ et ]</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>0 is the nearest point of the picture</source>
        <translation>0 est le point le plus proche de l’image</translation>
    </message>
    <message>
        <source>To</source>
        <translation>À</translation>
    </message>
    <message>
        <source>100 is the farthest point of the picture</source>
        <translation>100 est le point le plus lointain de l’image</translation>
    </message>
    <message>
        <source>Soft over</source>
        <translation>Doux sur</translation>
    </message>
    <message>
        <source>How far the mask falls off outside</source>
        <translation>Jusqu’où le masque s’estompe dehors</translation>
    </message>
    <message>
        <source>OBJECTS</source>
        <translation>OBJETS</translation>
    </message>
    <message>
        <source>Objects of the mask</source>
        <translation>Objets du masque</translation>
    </message>
    <message>
        <source>Another object</source>
        <translation>Autre objet</translation>
    </message>
    <message>
        <source>The next click begins another object (N)</source>
        <translation>Le prochain clic commence un autre objet (N)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Takes the chosen object out of the mask</source>
        <translation>Retire l’objet choisi du masque</translation>
    </message>
    <message>
        <source>EDGE</source>
        <translation>BORD</translation>
    </message>
    <message>
        <source>Refined</source>
        <translation>Affiné</translation>
    </message>
    <message>
        <source>How the edge is refined</source>
        <translation>Comment le bord est affiné</translation>
    </message>
    <message>
        <source>not at all</source>
        <translation>pas du tout</translation>
    </message>
    <message>
        <source>along the edge</source>
        <translation>le long du bord</translation>
    </message>
    <message>
        <source>hair and fur</source>
        <translation>cheveux, fourrure</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Seuil</translation>
    </message>
    <message>
        <source>More makes the mask smaller</source>
        <translation>Plus rend le masque plus petit</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Lissage</translation>
    </message>
    <message>
        <source>Rounds the outline off, by a radius in pixels</source>
        <translation>Arrondit le contour, d’un rayon en pixels</translation>
    </message>
    <message>
        <source>px</source>
        <translation>px</translation>
    </message>
    <message>
        <source>Feather</source>
        <translation>Contour doux</translation>
    </message>
    <message>
        <source>Lets the edge fall off over so many pixels</source>
        <translation>Estompe le bord sur tant de pixels</translation>
    </message>
    <message>
        <source>How the mask is shown</source>
        <translation>Comment le masque est montré</translation>
    </message>
    <message>
        <source>blue over it</source>
        <translation>bleu dessus</translation>
    </message>
    <message>
        <source>dark around it</source>
        <translation>sombre autour</translation>
    </message>
    <message>
        <source>mask alone</source>
        <translation>masque seul</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>Montré</translation>
    </message>
    <message>
        <source>%1. Double click: the usual value</source>
        <translation>%1. Double clic : la valeur habituelle</translation>
    </message>
    <message>
        <source>As a picture, a drawing, a mask of darktable&apos;s edit, or its prompts</source>
        <translation>Comme image, dessin, masque d’une édition de darktable, ou ses clics</translation>
    </message>
    <message>
        <source>Hands the picture without what is covered to the queue</source>
        <translation>Met l’image sans ce qui est couvert dans la file</translation>
    </message>
    <message>
        <source>PNG, a picture of the mask</source>
        <translation>PNG, une image du masque</translation>
    </message>
    <message>
        <source>TIFF, a picture of the mask</source>
        <translation>TIFF, une image du masque</translation>
    </message>
    <message>
        <source>SVG, its outline as a drawing</source>
        <translation>SVG, son contour en dessin</translation>
    </message>
    <message>
        <source>XMP, a mask in darktable&apos;s edit</source>
        <translation>XMP, un masque dans l’édition de darktable</translation>
    </message>
    <message>
        <source>JSON, the clicks, for latent mask</source>
        <translation>JSON, les clics, pour latent mask</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Masque</translation>
    </message>
    <message>
        <source>Depth needs a network, and none ships with Latent: Settings, Models installs one</source>
        <translation>La profondeur demande un réseau, et aucun n’est livré avec Latent : Réglages, Modèles en installe un</translation>
    </message>
    <message>
        <source>Object %1</source>
        <translation>Objet %1</translation>
    </message>
    <message>
        <source>1 prompt</source>
        <translation>1 indication</translation>
    </message>
    <message numerus="yes">
        <source>%n prompts</source>
        <translation>
            <numerusform>%n indication</numerusform>
            <numerusform>%n indications</numerusform>
        </translation>
    </message>
    <message>
        <source>Object %1: click on it</source>
        <translation>Objet %1 : cliquez dessus</translation>
    </message>
    <message>
        <source>Show it without</source>
        <translation>Montrer sans elle</translation>
    </message>
    <message>
        <source>Use for local strength</source>
        <translation>Restaurer dedans</translation>
    </message>
    <message>
        <source>Fills what is covered from what is around it (Enter)</source>
        <translation>Remplit ce qui est couvert avec ce qui l’entoure (Entrée)</translation>
    </message>
    <message>
        <source>Restoring works inside the mask of this photograph (Enter)</source>
        <translation>La restauration agit dans le masque de cette photo (Entrée)</translation>
    </message>
    <message>
        <source>DUST ON THE SENSOR</source>
        <translation>POUSSIÈRE SUR LE CAPTEUR</translation>
    </message>
    <message>
        <source>Find shadows of dust</source>
        <translation>Chercher les poussières</translation>
    </message>
    <message>
        <source>Small, round, dark spots on calm ground, as latent erase --spots finds (D)</source>
        <translation>Petites taches rondes et sombres sur un fond calme, comme les trouve latent erase --spots (D)</translation>
    </message>
    <message>
        <source>Shadows of dust; those that are ticked are erased</source>
        <translation>Ombres de poussière ; celles qui sont cochées sont effacées</translation>
    </message>
    <message>
        <source>Tick all</source>
        <translation>Tout cocher</translation>
    </message>
    <message>
        <source>Tick none</source>
        <translation>Tout décocher</translation>
    </message>
    <message>
        <source>%1  ·  %2 px wide, %3 % darker</source>
        <translation>%1  ·  %2 px de large, %3 % plus sombre</translation>
    </message>
</context>
<context>
    <name>latent::gui::ModelsPage</name>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Tâche</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licence</translation>
    </message>
    <message>
        <source>Openness</source>
        <translation>Ouverture</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>Modèles sur cette machine</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>Models that repositories offer</source>
        <translation>Modèles offerts par les dépôts</translation>
    </message>
    <message>
        <source>Update</source>
        <translation>Mettre à jour</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Install...</source>
        <translation>Installer...</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>ON THIS MACHINE</source>
        <translation>SUR CETTE MACHINE</translation>
    </message>
    <message>
        <source>Which model a task works with</source>
        <translation>Avec quel modèle une tâche travaille</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Fiche</translation>
    </message>
    <message>
        <source>What it is, is made of, and may be used for</source>
        <translation>Ce qu’il est, de quoi il est fait et à quoi il peut servir</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Vérifier</translation>
    </message>
    <message>
        <source>Reads every file of it, and compares its answers with those it shipped with</source>
        <translation>Lit chacun de ses fichiers et compare ses réponses à celles livrées</translation>
    </message>
    <message>
        <source>A pinned model is never updated</source>
        <translation>Un modèle épinglé n’est jamais mis à jour</translation>
    </message>
    <message>
        <source>Asks the repository that it came from for a newer one</source>
        <translation>Demande un plus récent au dépôt d’où il vient</translation>
    </message>
    <message>
        <source>Models that ship cannot be deleted</source>
        <translation>Les modèles livrés ne peuvent pas être supprimés</translation>
    </message>
    <message>
        <source>Import a package...</source>
        <translation>Importer un paquet...</translation>
    </message>
    <message>
        <source>A .dtmodel file; it may also be dropped here</source>
        <translation>Un fichier .dtmodel ; on peut aussi le déposer ici</translation>
    </message>
    <message>
        <source>OFFERED BY REPOSITORIES</source>
        <translation>OFFERTS PAR LES DÉPÔTS</translation>
    </message>
    <message>
        <source>Shows its card first</source>
        <translation>Montre d’abord sa fiche</translation>
    </message>
    <message>
        <source>Ask the repositories</source>
        <translation>Interroger les dépôts</translation>
    </message>
    <message>
        <source>Uses the network; nothing else here does but Install and Update</source>
        <translation>Utilise le réseau ; ici seuls Installer et Mettre à jour le font aussi</translation>
    </message>
    <message>
        <source>Repositories</source>
        <translation>Dépôts</translation>
    </message>
    <message>
        <source>Add...</source>
        <translation>Ajouter...</translation>
    </message>
    <message>
        <source>Add a repository</source>
        <translation>Ajouter un dépôt</translation>
    </message>
    <message>
        <source>Remove the repository</source>
        <translation>Retirer le dépôt</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>utilisé</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>épinglé</translation>
    </message>
    <message>
        <source>ships with Latent</source>
        <translation>livré avec Latent</translation>
    </message>
    <message>
        <source>changed since it was installed</source>
        <translation>modifié depuis l’installation</translation>
    </message>
    <message>
        <source>refused by the policy</source>
        <translation>refusé par la politique</translation>
    </message>
    <message>
        <source>%1 is here</source>
        <translation>%1 est ici</translation>
    </message>
    <message>
        <source>Do not use</source>
        <translation>Ne pas utiliser</translation>
    </message>
    <message>
        <source>Use for its task</source>
        <translation>Utiliser pour sa tâche</translation>
    </message>
    <message>
        <source>Let it be updated</source>
        <translation>Permettre la mise à jour</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Épingler</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>Télécharger et installer</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>Importer un modèle</translation>
    </message>
    <message>
        <source>Models (*.dtmodel)</source>
        <translation>Modèles (*.dtmodel)</translation>
    </message>
    <message>
        <source>Delete a model</source>
        <translation>Supprimer un modèle</translation>
    </message>
    <message>
        <source>%1 is taken off this machine. To have it again it must be installed again.</source>
        <translation>%1 est retiré de cette machine. Pour l’avoir à nouveau, il faudra le réinstaller.</translation>
    </message>
    <message>
        <source>https://... or owner/name</source>
        <translation>https://... ou propriétaire/nom</translation>
    </message>
    <message>
        <source>none: its files are only as safe as its server</source>
        <translation>aucune : ses fichiers ne sont pas plus sûrs que son serveur</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Key of its signature</source>
        <translation>Clé de sa signature</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Ajouter</translation>
    </message>
</context>
<context>
    <name>latent::gui::PhotoGraphs</name>
    <message>
        <source>HISTOGRAM</source>
        <translation>HISTOGRAMME</translation>
    </message>
    <message>
        <source>NOISE BY BRIGHTNESS</source>
        <translation>BRUIT SELON LA LUMINOSITÉ</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>pas d’image</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>pas encore mesuré</translation>
    </message>
    <message>
        <source>no histogram yet</source>
        <translation>pas encore d’histogramme</translation>
    </message>
    <message>
        <source>%1 % of the picture is black, %2 % is white</source>
        <translation>%1 % de l’image est noir, %2 % est blanc</translation>
    </message>
    <message>
        <source>Histogram: %1</source>
        <translation>Histogramme : %1</translation>
    </message>
    <message>
        <source>Noise by brightness: %1</source>
        <translation>Bruit selon la luminosité : %1</translation>
    </message>
    <message>
        <source>Left: shadows, right: highlights. A broken line: the estimate is not sure.</source>
        <translation>À gauche : ombres, à droite : hautes lumières. En tirets : l’estimation n’est pas sûre.</translation>
    </message>
</context>
<context>
    <name>latent::gui::PhotoList</name>
    <message>
        <source>Filmstrip</source>
        <translation>Pellicule</translation>
    </message>
    <message>
        <source>Grid of photographs</source>
        <translation>Grille des photos</translation>
    </message>
</context>
<context>
    <name>latent::gui::PreviewModel</name>
    <message>
        <source>Measuring the noise and starting the network</source>
        <translation>Mesure du bruit et démarrage du réseau</translation>
    </message>
    <message>
        <source>noise %1 % at mid grey</source>
        <translation>bruit %1 % au gris moyen</translation>
    </message>
    <message>
        <source>, as the file&apos;s profile says</source>
        <translation>, selon le profil du fichier</translation>
    </message>
    <message>
        <source>, measured</source>
        <translation>, mesuré</translation>
    </message>
    <message>
        <source>noise %1 of 255, confidence high</source>
        <translation>bruit %1 sur 255, mesure sûre</translation>
    </message>
    <message>
        <source>noise measured, confidence low: a plain surface is missing</source>
        <translation>bruit mesuré, peu sûr : une surface unie manque</translation>
    </message>
</context>
<context>
    <name>latent::gui::QueueModel</name>
    <message>
        <source>waiting</source>
        <translation>en attente</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>suspendue</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>reste %1</translation>
    </message>
    <message>
        <source>done, %1</source>
        <translation>fait, %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fait</translation>
    </message>
    <message>
        <source>skipped: %1</source>
        <translation>ignorée : %1</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>annulée</translation>
    </message>
    <message>
        <source>Nothing can be processed: %1</source>
        <translation>Rien ne peut être traité : %1</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>au repos</translation>
    </message>
    <message>
        <source>%1 of %2 done</source>
        <translation>%1 sur %2 faites</translation>
    </message>
    <message numerus="yes">
        <source>all done, %n pictures</source>
        <translation>
            <numerusform>tout est fait, %n image</numerusform>
            <numerusform>tout est fait, %n images</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n échec</numerusform>
            <numerusform>%n échecs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::QueuePane</name>
    <message>
        <source>Pause</source>
        <translation>Suspendre</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Tout annuler</translation>
    </message>
    <message>
        <source>Clear done</source>
        <translation>Effacer les faites</translation>
    </message>
    <message>
        <source>Show list</source>
        <translation>Montrer la liste</translation>
    </message>
    <message>
        <source>QUEUE</source>
        <translation>FILE</translation>
    </message>
    <message>
        <source>Progress of the queue</source>
        <translation>Avancement de la file</translation>
    </message>
    <message>
        <source>Pictures in the queue</source>
        <translation>Images dans la file</translation>
    </message>
    <message>
        <source>Hide list</source>
        <translation>Cacher la liste</translation>
    </message>
    <message>
        <source>another window of latent-studio works on the queue</source>
        <translation>une autre fenêtre de latent-studio traite la file</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Reprendre</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Montrer dans le dossier</translation>
    </message>
    <message>
        <source>Open in darktable</source>
        <translation>Ouvrir dans darktable</translation>
    </message>
    <message>
        <source>Open in RawTherapee</source>
        <translation>Ouvrir dans RawTherapee</translation>
    </message>
    <message>
        <source>Do this next</source>
        <translation>La faire ensuite</translation>
    </message>
    <message>
        <source>Do this last</source>
        <translation>La faire en dernier</translation>
    </message>
    <message>
        <source>Cancel this one</source>
        <translation>Annuler celle-ci</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Try all that failed again</source>
        <translation>Réessayer toutes celles en échec</translation>
    </message>
</context>
<context>
    <name>latent::gui::RestorePanel</name>
    <message>
        <source>about %1</source>
        <translation>environ %1</translation>
    </message>
    <message>
        <source>%1 MP becomes %2 MP, %3 x %4</source>
        <translation>%1 MP deviennent %2 MP, %3 x %4</translation>
    </message>
    <message>
        <source>This is a finished picture, without the data of the sensor.</source>
        <translation>C&apos;est une image finie, sans les données du capteur.</translation>
    </message>
    <message>
        <source>Raw denoise cannot take this raw file: it %1.</source>
        <translation>Ce fichier brut ne peut être débruité : it %1.</translation>
    </message>
    <message>
        <source>Nothing to process</source>
        <translation>Rien à traiter</translation>
    </message>
    <message>
        <source>Process this picture</source>
        <translation>Traiter cette image</translation>
    </message>
    <message numerus="yes">
        <source>Process %n pictures</source>
        <translation>
            <numerusform>Traiter %n image</numerusform>
            <numerusform>Traiter %n images</numerusform>
        </translation>
    </message>
    <message>
        <source>the first picture tells how long it takes</source>
        <translation>la première image dira combien de temps il faut</translation>
    </message>
    <message>
        <source>1 is left out: not for this task</source>
        <translation>1 est laissée : pas pour cette tâche</translation>
    </message>
    <message numerus="yes">
        <source>%n are left out: not for this task</source>
        <translation>
            <numerusform>%n est laissée : pas pour cette tâche</numerusform>
            <numerusform>%n sont laissées : pas pour cette tâche</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>latent::gui::RestoreView</name>
    <message>
        <source>presets</source>
        <translation>préréglages</translation>
    </message>
    <message>
        <source>Add to library</source>
        <translation>Ajouter à la bibliothèque</translation>
    </message>
    <message>
        <source>Result leads the group</source>
        <translation>Le résultat mène le groupe</translation>
    </message>
    <message>
        <source>card</source>
        <translation>fiche</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Tâche</translation>
    </message>
    <message>
        <source>OUTPUT</source>
        <translation>SORTIE</translation>
    </message>
    <message>
        <source>Settings that were kept under a name</source>
        <translation>Réglages gardés sous un nom</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>Variables</translation>
    </message>
    <message>
        <source>What can stand in the name of a result</source>
        <translation>Ce qui peut figurer dans le nom d&apos;un résultat</translation>
    </message>
    <message>
        <source>Folder and name of results</source>
        <translation>Dossier et nom des résultats</translation>
    </message>
    <message>
        <source>Card of the model</source>
        <translation>Fiche du modèle</translation>
    </message>
    <message>
        <source>What the model is, is made of, and may be used for</source>
        <translation>Ce qu&apos;est le modèle, de quoi il est fait et à quoi il peut servir</translation>
    </message>
    <message>
        <source>MODEL</source>
        <translation>MODÈLE</translation>
    </message>
    <message>
        <source>Hands the selected pictures to the queue (Ctrl+Enter)</source>
        <translation>Met les images choisies dans la file (Ctrl+Entrée)</translation>
    </message>
    <message>
        <source>%1. Double click: the usual value</source>
        <translation>%1. Double clic : la valeur habituelle</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatique</translation>
    </message>
    <message>
        <source>That is large: it takes long and much room.</source>
        <translation>C&apos;est grand : c&apos;est long et prend de la place.</translation>
    </message>
    <message>
        <source>Use Denoise</source>
        <translation>Utiliser Débruiter</translation>
    </message>
    <message>
        <source>Keep these settings as...</source>
        <translation>Garder ces réglages sous...</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Préréglage</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Nom du préréglage</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>All settings to their usual values</source>
        <translation>Tous les réglages à leurs valeurs habituelles</translation>
    </message>
    <message>
        <source>Take off</source>
        <translation>Enlever</translation>
    </message>
    <message>
        <source>Outside it instead</source>
        <translation>Plutôt en dehors</translation>
    </message>
    <message>
        <source>Works inside the mask of this picture</source>
        <translation>Agit dans le masque de cette image</translation>
    </message>
    <message>
        <source>The whole picture is worked on again; the mask is kept</source>
        <translation>Toute l’image est à nouveau traitée ; le masque est gardé</translation>
    </message>
    <message>
        <source>Restoring works outside the mask of this picture</source>
        <translation>La restauration agit hors du masque de cette image</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Changer</translation>
    </message>
    <message>
        <source>Work in a part of the picture...</source>
        <translation>Travailler dans une partie de l’image...</translation>
    </message>
    <message>
        <source>Opens the mask tool (M)</source>
        <translation>Ouvre l’outil de masque (M)</translation>
    </message>
</context>
<context>
    <name>latent::gui::SettingsDialog</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Réglages</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Périphériques</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modèles</translation>
    </message>
    <message>
        <source>Screen and language</source>
        <translation>Écran et langue</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Moteur</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Périphérique</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nom</translation>
    </message>
    <message>
        <source>Number formats</source>
        <translation>Formats de nombres</translation>
    </message>
    <message>
        <source>Checked</source>
        <translation>Vérifié</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Vitesse</translation>
    </message>
    <message>
        <source>Devices that can run networks</source>
        <translation>Périphériques qui calculent des réseaux</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatique</translation>
    </message>
    <message>
        <source>Run networks on</source>
        <translation>Calculer les réseaux sur</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>Format de nombres</translation>
    </message>
    <message>
        <source>found automatically</source>
        <translation>trouvée automatiquement</translation>
    </message>
    <message>
        <source>ONNX Runtime library</source>
        <translation>Bibliothèque ONNX Runtime</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Chercher encore</translation>
    </message>
    <message>
        <source>Try every device</source>
        <translation>Essayer chaque périphérique</translation>
    </message>
    <message>
        <source>Compiles the network for each device in another process and compares the answers with those of the processor</source>
        <translation>Compile le réseau pour chaque périphérique dans un autre processus et compare les réponses à celles du processeur</translation>
    </message>
    <message>
        <source>not tried</source>
        <translation>pas essayé</translation>
    </message>
    <message>
        <source>a profile of your own...</source>
        <translation>un profil à vous...</translation>
    </message>
    <message>
        <source>Profile of the screen</source>
        <translation>Profil de l&apos;écran</translation>
    </message>
    <message>
        <source>Profiles (*.icc *.icm)</source>
        <translation>Profils (*.icc *.icm)</translation>
    </message>
    <message>
        <source>Colours of the screen</source>
        <translation>Couleurs de l&apos;écran</translation>
    </message>
    <message>
        <source>that of the system</source>
        <translation>celle du système</translation>
    </message>
    <message>
        <source>Language, from the next start on</source>
        <translation>Langue, dès le prochain démarrage</translation>
    </message>
    <message>
        <source>Say what a photograph needs</source>
        <translation>Dire ce qu&apos;il faut à une photo</translation>
    </message>
    <message>
        <source>Prepare all thumbnails now</source>
        <translation>Préparer toutes les vignettes</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Dossier ouvert</translation>
    </message>
    <message>
        <source>It works</source>
        <translation>Travail en cours</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucun</translation>
    </message>
    <message>
        <source>Libraries of execution providers, such as libonnxruntime_providers_webgpu.so, with colons between them</source>
        <translation>Bibliothèques de fournisseurs d&apos;exécution, comme libonnxruntime_providers_webgpu.so, séparées par des deux-points</translation>
    </message>
    <message>
        <source>Plug-ins of ONNX Runtime</source>
        <translation>Greffons d&apos;ONNX Runtime</translation>
    </message>
</context>
<context>
    <name>latent::gui::SourcesPane</name>
    <message>
        <source>Folders</source>
        <translation>Dossiers</translation>
    </message>
    <message>
        <source>Which photographs are shown</source>
        <translation>Quelles photos sont montrées</translation>
    </message>
    <message>
        <source>Kinds of files</source>
        <translation>Sortes de fichiers</translation>
    </message>
    <message>
        <source>SOURCES</source>
        <translation>SOURCES</translation>
    </message>
    <message>
        <source>Open folder...</source>
        <translation>Ouvrir un dossier...</translation>
    </message>
    <message>
        <source>Shows the photographs of a folder and of those below it (Ctrl+O)</source>
        <translation>Montre les photos d&apos;un dossier et de ceux qu&apos;il contient (Ctrl+O)</translation>
    </message>
    <message>
        <source>SHOW</source>
        <translation>MONTRER</translation>
    </message>
    <message>
        <source>KIND</source>
        <translation>SORTE</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>Toutes</translation>
    </message>
    <message>
        <source>Raw files</source>
        <translation>Fichiers bruts</translation>
    </message>
    <message>
        <source>Finished pictures</source>
        <translation>Images finies</translation>
    </message>
    <message>
        <source>Take off this list</source>
        <translation>Retirer de la liste</translation>
    </message>
    <message>
        <source>Show in file manager</source>
        <translation>Montrer dans le gestionnaire</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Toutes</translation>
    </message>
    <message>
        <source>Needs denoise</source>
        <translation>À débruiter</translation>
    </message>
    <message>
        <source>Not processed</source>
        <translation>Non traitées</translation>
    </message>
    <message>
        <source>Done today</source>
        <translation>Faites aujourd&apos;hui</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Échecs</translation>
    </message>
</context>
<context>
    <name>latent::gui::Studio</name>
    <message>
        <source>The settings cannot be saved: %1</source>
        <translation>Les réglages ne peuvent être gardés : %1</translation>
    </message>
    <message>
        <source>Select two photographs to compare them, or one that has a result.</source>
        <translation>Choisissez deux photos pour les comparer, ou une qui a un résultat.</translation>
    </message>
</context>
<context>
    <name>latent::gui::Viewer</name>
    <message>
        <source>Picture</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>x %1, y %2   before %3   after %4</source>
        <translation>x %1, y %2   avant %3   après %4</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Avant</translation>
    </message>
    <message>
        <source>\  hold for before</source>
        <translation>\  maintenir : avant</translation>
    </message>
    <message>
        <source>%1 %: noise cannot be judged below 100 %</source>
        <translation>%1 % : le bruit ne se juge pas sous 100 %</translation>
    </message>
    <message>
        <source>Opening the picture</source>
        <translation>Ouverture de l&apos;image</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>aucune image</translation>
    </message>
    <message>
        <source>before, %1 %</source>
        <translation>avant, %1 %</translation>
    </message>
    <message>
        <source>before and after, %1 %</source>
        <translation>avant et après, %1 %</translation>
    </message>
    <message>
        <source>: noise cannot be judged below 100 %</source>
        <translation> : le bruit ne se juge pas sous 100 %</translation>
    </message>
    <message>
        <source>Filling what is covered</source>
        <translation>Remplissage de ce qui est couvert</translation>
    </message>
    <message>
        <source>\  hold for the first    C  leave</source>
        <translation>\  maintenir : la première    C  quitter</translation>
    </message>
    <message>
        <source>Opening both photographs</source>
        <translation>Ouverture des deux photos</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1, %2 %</translation>
    </message>
    <message>
        <source>%1 beside %2, %3 %</source>
        <translation>%1 à côté de %2, %3 %</translation>
    </message>
    <message>
        <source>Difference x %1: grey is what stays</source>
        <translation>Différence x %1 : le gris n&apos;a pas changé</translation>
    </message>
    <message>
        <source>difference of before and after, %1 %</source>
        <translation>différence entre avant et après, %1 %</translation>
    </message>
</context>
<context>
    <name>latent::gui::WelcomePane</name>
    <message>
        <source>Drop a folder of photographs here</source>
        <translation>Déposez ici un dossier de photos</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>Ouvrir un dossier</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>Ouvrir des fichiers</translation>
    </message>
    <message>
        <source>Raw denoise</source>
        <translation>Débruiter le brut</translation>
    </message>
    <message>
        <source>Removes the noise of the sensor from raw files. You edit the new DNG as any raw.</source>
        <translation>Ôte le bruit du capteur des fichiers bruts. Le nouveau DNG se développe comme tout brut.</translation>
    </message>
    <message>
        <source>Denoise</source>
        <translation>Débruiter</translation>
    </message>
    <message>
        <source>Removes noise from finished pictures: JPEG, TIFF, PNG and others.</source>
        <translation>Ôte le bruit des images finies : JPEG, TIFF, PNG et autres.</translation>
    </message>
    <message>
        <source>Upscale</source>
        <translation>Agrandir</translation>
    </message>
    <message>
        <source>Enlarges two or four times, for large prints, without inventing texture.</source>
        <translation>Agrandit deux ou quatre fois, pour de grands tirages, sans inventer de texture.</translation>
    </message>
    <message>
        <source>%1: before on the left, after on the right</source>
        <translation>%1 : avant à gauche, après à droite</translation>
    </message>
    <message>
        <source>Your pictures stay on this machine and are never changed.</source>
        <translation>Vos images restent sur cette machine et ne sont jamais changées.</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>Strength</source>
        <translation>Force</translation>
    </message>
    <message>
        <source>Brightness noise</source>
        <translation>Bruit de luminance</translation>
    </message>
    <message>
        <source>Colour noise</source>
        <translation>Bruit de couleur</translation>
    </message>
    <message>
        <source>Noise scale</source>
        <translation>Échelle du bruit</translation>
    </message>
    <message>
        <source>Hot pixels</source>
        <translation>Pixels chauds</translation>
    </message>
    <message>
        <source>Demosaic</source>
        <translation>Dématricer</translation>
    </message>
    <message>
        <source>Colour fringes</source>
        <translation>Franges colorées</translation>
    </message>
    <message>
        <source>leave them</source>
        <translation>laisser</translation>
    </message>
    <message>
        <source>JPEG XL, lossless</source>
        <translation>JPEG XL, sans perte</translation>
    </message>
    <message>
        <source>Noise level</source>
        <translation>Niveau de bruit</translation>
    </message>
    <message>
        <source>Texture</source>
        <translation>Texture</translation>
    </message>
    <message>
        <source>Brightness</source>
        <translation>Luminosité</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>corrigée</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>telle quelle</translation>
    </message>
    <message>
        <source>learn from the batch</source>
        <translation>apprendre de la série</translation>
    </message>
    <message>
        <source>Wide-gamut colours</source>
        <translation>Couleurs étendues</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Facteur</translation>
    </message>
    <message>
        <source>Denoise before</source>
        <translation>Débruiter avant</translation>
    </message>
    <message>
        <source>Damage to leave small</source>
        <translation>Défauts à ne pas agrandir</translation>
    </message>
    <message>
        <source>Hold to the source</source>
        <translation>Tenir à la source</translation>
    </message>
    <message>
        <source>Hard edges</source>
        <translation>Bords durs</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Bit depth</source>
        <translation>Profondeur</translation>
    </message>
    <message>
        <source>Colour profile</source>
        <translation>Profil de couleur</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>Compression</translation>
    </message>
    <message>
        <source>JPEG quality</source>
        <translation>Qualité JPEG</translation>
    </message>
    <message>
        <source>If it exists</source>
        <translation>S&apos;il existe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>number it</source>
        <translation>numéroter</translation>
    </message>
    <message>
        <source>replace earlier</source>
        <translation>remplacer l&apos;ancien</translation>
    </message>
    <message>
        <source>skip</source>
        <translation>ignorer</translation>
    </message>
    <message>
        <source>remove</source>
        <translation>ôter</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>garder</translation>
    </message>
    <message>
        <source>preserve</source>
        <translation>préserver</translation>
    </message>
    <message>
        <source>clip to sRGB</source>
        <translation>limiter à sRGB</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatique</translation>
    </message>
    <message>
        <source>none</source>
        <translation>aucune</translation>
    </message>
    <message>
        <source>lossless</source>
        <translation>sans perte</translation>
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
        <translation>sans lignes fantômes</translation>
    </message>
    <message>
        <source>as the network has it</source>
        <translation>telles du réseau</translation>
    </message>
    <message>
        <source>as darktable</source>
        <translation>comme darktable</translation>
    </message>
    <message>
        <source>that of the source</source>
        <translation>celui de la source</translation>
    </message>
</context>
</TS>
