<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr">
<context>
    <name>crash</name>
    <message>
        <source>latent-studio ended unexpectedly last time. What is known of it is in %1; it was sent to nobody. latent-studio --safe starts without anything that was remembered.</source>
        <translation>latent-studio s'est terminé de façon inattendue. Ce qu'on en sait est dans %1 ; rien n'a été envoyé. latent-studio --safe démarre sans rien de mémorisé.</translation>
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
        <translation>%1 n'est plus utilisé</translation>
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
        <translation>Aucun modèle n'est choisi pour cette tâche. Choisissez-en un dans les réglages.</translation>
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
        <translation>Ce qu'elle fait</translation>
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
        <translation>100 % ou l'image entière, sous le pointeur</translation>
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
        <source>divider, side by side, after only</source>
        <translation>séparateur, côte à côte, après seul</translation>
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
        <translation>Tab dans l'image</translation>
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
        <translation>fond autour de l'image : thème, noir, sombre, moyen, blanc</translation>
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
        <translation><numerusform>%n étoile</numerusform><numerusform>%n étoiles</numerusform></translation>
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
        <source>Remove noise and enlarge</source>
        <translation>Débruiter et agrandir</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Grille</translation>
    </message>
    <message>
        <source>All photographs, or one of them (G)</source>
        <translation>Toutes les photos ou l'une d'elles (G)</translation>
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
        <translation>L'image entière (Espace)</translation>
    </message>
    <message>
        <source>%1 % of the pixels of the screen</source>
        <translation>%1 % des pixels de l'écran</translation>
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
        <translation><numerusform>tout est fait, %n image</numerusform><numerusform>tout est fait, %n images</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation><numerusform>%n échec</numerusform><numerusform>%n échecs</numerusform></translation>
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
        <translation>C'est une image finie, sans les données du capteur.</translation>
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
        <translation><numerusform>Traiter %n image</numerusform><numerusform>Traiter %n images</numerusform></translation>
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
        <translation><numerusform>%n est laissée : pas pour cette tâche</numerusform><numerusform>%n sont laissées : pas pour cette tâche</numerusform></translation>
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
        <translation>Ce qui peut figurer dans le nom d'un résultat</translation>
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
        <translation>Ce qu'est le modèle, de quoi il est fait et à quoi il peut servir</translation>
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
        <translation>C'est grand : c'est long et prend de la place.</translation>
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
        <source>first time</source>
        <translation>première fois</translation>
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
        <source>Use for its task</source>
        <translation>Utiliser pour sa tâche</translation>
    </message>
    <message>
        <source>Do not use</source>
        <translation>Ne pas utiliser</translation>
    </message>
    <message>
        <source>Card</source>
        <translation>Fiche</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Vérifier</translation>
    </message>
    <message>
        <source>Pin or free</source>
        <translation>Figer ou libérer</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Import a package...</source>
        <translation>Importer un paquet...</translation>
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
        <source>Nothing is downloaded unless you ask for it. A package may also be dropped on the window.</source>
        <translation>Rien n'est téléchargé sans votre demande. Un paquet peut aussi être déposé sur la fenêtre.</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>utilisé</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>figé</translation>
    </message>
    <message>
        <source>ships with Latent</source>
        <translation>livré avec Latent</translation>
    </message>
    <message>
        <source>changed since it was installed</source>
        <translation>changé depuis son installation</translation>
    </message>
    <message>
        <source>refused by the policy</source>
        <translation>refusé par la politique</translation>
    </message>
    <message>
        <source>a profile of your own...</source>
        <translation>un profil à vous...</translation>
    </message>
    <message>
        <source>Profile of the screen</source>
        <translation>Profil de l'écran</translation>
    </message>
    <message>
        <source>Profiles (*.icc *.icm)</source>
        <translation>Profils (*.icc *.icm)</translation>
    </message>
    <message>
        <source>Colours of the screen</source>
        <translation>Couleurs de l'écran</translation>
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
        <translation>Dire ce qu'il faut à une photo</translation>
    </message>
    <message>
        <source>Prepare all thumbnails now</source>
        <translation>Préparer toutes les vignettes</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Dossier ouvert</translation>
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
        <translation>Montre les photos d'un dossier et de ceux qu'il contient (Ctrl+O)</translation>
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
        <translation>Faites aujourd'hui</translation>
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
        <source>noise %1 % at mid grey</source>
        <translation>bruit %1 % au gris moyen</translation>
    </message>
    <message>
        <source>noise measured, confidence high</source>
        <translation>bruit mesuré, confiance haute</translation>
    </message>
    <message>
        <source>noise measured, confidence low: a plain surface is missing</source>
        <translation>bruit mesuré, confiance basse : il manque une surface unie</translation>
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
        <translation>Ouverture de l'image</translation>
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
        <translation>S'il existe</translation>
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
        <translation>remplacer l'ancien</translation>
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
